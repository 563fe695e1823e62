import { type ArtifactRef, PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import { readWhole, sha256Hex } from '@airlock-ml/stack'
import type { GraphStep } from '../compile/graph.ts'
import type { Artifact } from '../define/artifact.ts'
import { itemOf } from '../define/inputs.ts'
import { materializers } from '../materializers/materializers.ts'
import { showValue } from '../show-value.ts'
import type { RunSession } from './run-session.ts'

type Source = SnapshotStep['inputs'][string]

/** What a value is read as, and what recorded it; `ref` is undefined where nothing was. */
type Reading = { readonly artifact: Artifact; readonly what: string; readonly ref: ArtifactRef | undefined }

/**
 * The values a step reads, each made anew from bytes whose SHA-256 was checked: what one step does to its copy reaches
 * no other. Lists come as arrays, and an optional input that is not there as `undefined`. Throws `blob_damaged` for
 * bytes that are not what was recorded.
 */
export async function readInputs(
  session: RunSession,
  { definition, step }: GraphStep,
  refs: Readonly<Record<string, ArtifactRef>>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [input, declared] of Object.entries(definition.inputs)) {
    const source = step.inputs[input]
    const what = `Input "${input}" of step "${step.name}"`
    const artifact = itemOf(declared)
    if (source?.from !== 'list') {
      values[input] = await readSingle(session, source, { artifact, what, ref: refs[input] })
      continue
    }
    const items: unknown[] = []
    for (const [at, item] of source.items.entries()) {
      const ref = refs[`${input}.${at}`]
      items.push(await readSingle(session, item, { artifact, what: `Item ${at} of ${what}`, ref }))
    }
    values[input] = items
  }
  return values
}

async function readSingle(
  session: RunSession,
  source: Source | undefined,
  { artifact, what, ref }: Reading,
): Promise<unknown> {
  if (source === undefined) return undefined
  if (source.from === 'constant') return constantOf(source.value, artifact, what)
  if (!ref) {
    if (source.from === 'step' && source.optional) return undefined
    throw new PlatformError('artifact_not_found', `${what} was not recorded when the step started.`)
  }
  if (ref.type !== artifact.type)
    throw new TypeError(`${what} is a ${artifact.type}, but ${ref.name} is a ${ref.type}.`)
  return await materializers[ref.type].read(await readBytes(session, ref), { artifact, what })
}

/** A copy, checked as what is read from the store is. */
function constantOf(value: unknown, { schema }: Artifact, what: string): unknown {
  const copy: unknown = structuredClone(value)
  const checked = schema?.safeParse(copy)
  if (!checked || checked.success) return copy
  throw new TypeError(`${what} is the constant ${showValue(value)}, which does not fit its schema.`)
}

/** The bytes of an artifact, checked against their digest. Throws `blob_damaged`. */
export async function readBytes({ client, held }: RunSession, ref: ArtifactRef): Promise<Uint8Array> {
  const damaged = (why: string) =>
    new PlatformError('blob_damaged', `The bytes of ${ref.name} version ${ref.version} ${why}.`, {
      artifactId: ref.id,
      digest: ref.digest,
    })
  const body = await client.getBlob({ project: held.project, sha256: ref.digest })
  const bytes = await readWhole(body, ref.sizeBytes, () =>
    damaged(`are more than the ${ref.sizeBytes} that were stored`),
  )
  const digest = sha256Hex(bytes)
  if (digest !== ref.digest) throw damaged(`have the SHA-256 ${digest} instead of ${ref.digest}`)
  return bytes
}
