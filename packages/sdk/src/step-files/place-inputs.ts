import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArtifactRef } from '@airlock-ml/contract'
import { atMost, hashThrough } from '@airlock-ml/stack'
import type { GraphStep } from '../compile/graph.ts'
import { materializers } from '../materializers/materializers.ts'
import { damaged, type FoundInput, resolveInputs } from '../run/read-inputs.ts'
import type { RunSession } from '../run/run-session.ts'
import type { InputFiles } from './file-args.ts'
import { fileNameOf } from './file-names.ts'

/**
 * Puts what a step reads into files below a folder, `inputs/train.parquet`, `inputs/folds/00000.parquet`: bytes of the store as they are,
 * in chunks, never held whole. Throws `blob_damaged` for bytes that are not what was recorded.
 */
export function placeInputs(
  session: RunSession,
  planned: GraphStep,
  { refs, folder }: { refs: Readonly<Record<string, ArtifactRef>>; folder: string },
): Promise<InputFiles> {
  return resolveInputs(planned, refs, async (found) => {
    const file = await fileFor(found, folder)
    if ('ref' in found.holds) await download(session, found.holds.ref, file)
    else await writeValue(found.holds.constant, found, file)
    return file
  })
}

/** A file for a value; its folder is there. */
export async function fileFor(
  { name, artifact }: Pick<FoundInput, 'name' | 'artifact'>,
  folder: string,
): Promise<string> {
  const [input = name, item] = name.split('.')
  const base = item === undefined ? input : join(input, item.padStart(5, '0'))
  const file = join(folder, 'inputs', fileNameOf(base, artifact.type))
  await mkdir(dirname(file), { recursive: true })
  return file
}

/** Writes a value as the store would hold it. */
export async function writeValue(
  value: unknown,
  { artifact, what }: Pick<FoundInput, 'artifact' | 'what'>,
  file: string,
): Promise<void> {
  const { bytes } = await materializers[artifact.type].write(value, { artifact, what })
  await writeFile(file, bytes)
}

async function download({ client, held }: RunSession, ref: ArtifactRef, file: string): Promise<void> {
  const stored = await client.getBlob({ project: held.project, sha256: ref.digest })
  const tooLong = () => damaged(ref, `are more than the ${ref.sizeBytes} that were stored`)
  const { body, result } = hashThrough(atMost(stored, ref.sizeBytes, tooLong))
  await writeFile(file, body)
  const { sha256 } = result()
  if (sha256 !== ref.digest) throw damaged(ref, `have the SHA-256 ${sha256} instead of ${ref.digest}`)
}
