import { type ArtifactType, didYouMean, isPlatformError, type Json } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact } from '../define/artifact.ts'
import { materializers } from '../materializers/materializers.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import { StoredOutput } from '../step-files/output-files.ts'
import type { RunSession } from './run-session.ts'

/** What was stored of each output. */
export type StoredOutputs = Record<string, { type: ArtifactType; digest: string; metadata: Record<string, Json> }>

/** Checks what a step returned, and stores it: bytes first, so that whatever is recorded of them is there. */
export async function writeOutputs(
  session: RunSession,
  step: Pick<AnyStep, 'name' | 'outputs'>,
  returned: unknown,
): Promise<StoredOutputs> {
  const values = checkReturned(step, returned)
  const stored: StoredOutputs = {}
  for (const [output, artifact] of Object.entries(step.outputs)) {
    const what = `Output "${output}" of step "${step.name}"`
    const { digest, metadata } = await storeValue(session, values[output], { artifact, what })
    stored[output] = { type: artifact.type, digest, metadata: { ...metadata } }
  }
  return stored
}

/** What a step returned, by output. Throws unless it is exactly the outputs of the step. */
export function checkReturned(
  { name, outputs }: Pick<AnyStep, 'name' | 'outputs'>,
  returned: unknown,
): Readonly<Record<string, unknown>> {
  const wanted = Object.keys(outputs)
  if (!isPlainObject(returned)) {
    if (wanted.length === 0) return {}
    throw new TypeError(`Step "${name}" must return an object with ${wanted.join(', ')}, got ${showValue(returned)}.`)
  }
  for (const key of Object.keys(returned)) {
    if (!wanted.includes(key)) throw new TypeError(`Step "${name}" has no output "${key}". ${didYouMean(key, wanted)}`)
  }
  const missing = wanted.filter((output) => returned[output] === undefined)
  if (missing.length === 0) return returned
  throw new TypeError(`Step "${name}" did not return its output ${missing.map((each) => `"${each}"`).join(', ')}.`)
}

async function storeValue(
  session: RunSession,
  value: unknown,
  { artifact, what }: { artifact: Artifact; what: string },
): Promise<StoredOutput> {
  if (value instanceof StoredOutput) return value
  const { bytes, metadata } = await materializers[artifact.type].write(value, { artifact, what })
  const digest = sha256Hex(bytes)
  await storeBytes(session, digest, bytes)
  return new StoredOutput(digest, metadata)
}

/** Stores bytes under their digest, unless they are there. */
export async function storeBytes({ client, held }: RunSession, sha256: string, body: Uint8Array | Blob): Promise<void> {
  const blob = { project: held.project, sha256 }
  try {
    await client.showBlob(blob)
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'blob_not_found') throw error
    await client.putBlob({ ...blob, body })
  }
  await crashPoint('run:blob-uploaded')
}
