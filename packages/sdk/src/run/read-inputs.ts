import type { Client } from '@airlock-ml/client'
import { type ArtifactRef, PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import { readWhole, sha256Hex } from '@airlock-ml/stack'
import type { GraphStep } from '../compile/graph.ts'
import type { Artifact } from '../define/artifact.ts'
import { itemOf } from '../define/inputs.ts'
import { materializers } from '../materializers/materializers.ts'
import { showValue } from '../show-value.ts'
import type { RunSession } from './run-session.ts'

type Source = SnapshotStep['inputs'][string]

/** A value that a step reads: the artifact that holds it, or the constant that it is. */
export interface FoundInput {
  readonly artifact: Artifact
  /** How a message about it begins. */
  readonly what: string
  /** `train`, and for the items of a list `folds.0`, `folds.1` and so on. */
  readonly name: string
  readonly holds: { readonly ref: ArtifactRef } | { readonly constant: unknown }
}

/**
 * What `get` makes of each value that a step reads. Lists come as arrays, and an optional input that is not there as
 * `undefined`.
 */
export async function resolveInputs<T>(
  { definition, step }: GraphStep,
  refs: Readonly<Record<string, ArtifactRef>>,
  get: (found: FoundInput) => Promise<T>,
): Promise<Record<string, T | readonly T[] | undefined>> {
  const values: Record<string, T | readonly T[] | undefined> = {}
  const single = async (source: Source | undefined, found: Omit<FoundInput, 'holds'>) => {
    const holds = holderOf(source, refs[found.name], found)
    return holds && (await get({ ...found, holds }))
  }
  for (const [name, declared] of Object.entries(definition.inputs)) {
    const source = step.inputs[name]
    const found = { artifact: itemOf(declared), what: `Input "${name}" of step "${step.name}"`, name }
    if (source?.from !== 'list') {
      values[name] = await single(source, found)
      continue
    }
    const items: T[] = []
    for (const [at, item] of source.items.entries()) {
      const named = { ...found, what: `Item ${at} of ${found.what}`, name: `${name}.${at}` }
      items.push((await single(item, named)) as T)
    }
    values[name] = items
  }
  return values
}

function holderOf(
  source: Source | undefined,
  ref: ArtifactRef | undefined,
  { artifact, what }: Pick<FoundInput, 'artifact' | 'what'>,
): FoundInput['holds'] | undefined {
  if (source === undefined) return undefined
  if (source.from === 'constant') return { constant: constantOf(source.value, artifact, what) }
  if (!ref) {
    if (source.from === 'step' && source.optional) return undefined
    throw new PlatformError('artifact_not_found', `${what} was not recorded when the step started.`)
  }
  if (ref.type === artifact.type) return { ref }
  throw new TypeError(`${what} is a ${artifact.type}, but ${ref.name} is a ${ref.type}.`)
}

/** A copy, checked as what is read from the store is. */
function constantOf(value: unknown, { schema }: Artifact, what: string): unknown {
  const copy: unknown = structuredClone(value)
  const checked = schema?.safeParse(copy)
  if (!checked || checked.success) return copy
  throw new TypeError(`${what} is the constant ${showValue(value)}, which does not fit its schema.`)
}

/**
 * The values a step reads, each made anew from bytes whose SHA-256 was checked: what one step does to its copy reaches
 * no other. Throws `blob_damaged` for bytes that are not what was recorded.
 */
export const readInputs = (
  session: RunSession,
  planned: GraphStep,
  refs: Readonly<Record<string, ArtifactRef>>,
): Promise<Record<string, unknown>> =>
  resolveInputs(planned, refs, async ({ artifact, what, holds }) =>
    'constant' in holds
      ? holds.constant
      : await materializers[artifact.type].read(await readBytes(session, holds.ref), { artifact, what }),
  )

/** The bytes of an artifact, checked against their digest. Throws `blob_damaged`. */
export async function readBytes(
  { client, held }: { readonly client: Client; readonly held: { readonly project: string } },
  ref: ArtifactRef,
): Promise<Uint8Array> {
  const body = await client.getBlob({ project: held.project, sha256: ref.digest })
  const bytes = await readWhole(body, ref.sizeBytes, () =>
    damaged(ref, `are more than the ${ref.sizeBytes} that were stored`),
  )
  const digest = sha256Hex(bytes)
  if (digest !== ref.digest) throw damaged(ref, `have the SHA-256 ${digest} instead of ${ref.digest}`)
  return bytes
}

/** The error of bytes that are not those that were recorded. */
export const damaged = (ref: ArtifactRef, why: string): PlatformError =>
  new PlatformError('blob_damaged', `The bytes of ${ref.name} version ${ref.version} ${why}.`, {
    artifactId: ref.id,
    digest: ref.digest,
  })
