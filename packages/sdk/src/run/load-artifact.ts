import type { Client } from '@airlock-ml/client'
import type { ArtifactRef, ArtifactType } from '@airlock-ml/contract'
import type { Artifact as Kind } from '../define/artifact.ts'
import { materializers } from '../materializers/materializers.ts'
import { readBytes } from './read-inputs.ts'
import type { StepContext } from './step-context.ts'

/** Which version of an artifact is loaded, and what it becomes. */
export interface LoadOptions<A extends Kind> {
  /** What the bytes are, as `table()`. */
  readonly as: A
  /** Default: the newest. */
  readonly version?: number
  /** SHA-256 of the bytes that are wanted, of whatever version. */
  readonly digest?: string
}

/** A workspace, for whoever loads outside of a step. */
export interface LoadedFrom {
  readonly client: Client
  readonly project: string
}

/** The bytes of an artifact by its name, checked against their digest, and which they are. */
export interface LoadedBytes {
  readonly ref: ArtifactRef
  readonly bytes: Uint8Array
}

/** The value in the bytes of an artifact. Throws a `TypeError` for one of another type. */
export async function readLoaded<A extends Kind>({ ref, bytes }: LoadedBytes, artifact: A): Promise<unknown> {
  const what = `Artifact "${ref.name}" version ${ref.version}`
  if (ref.type !== artifact.type) throw new TypeError(`${what} is a ${ref.type}, and was loaded as a ${artifact.type}.`)
  return await materializers[artifact.type].read(bytes, { artifact, what })
}

/** What a step reads or makes, and `Artifact.load`, which reads one by its name. */
export type Artifact<Type extends ArtifactType = ArtifactType, Value = unknown> = Kind<Type, Value>

type Value<A extends Kind> = A extends Kind<ArtifactType, infer V> ? V : never

/**
 * `load` reads an artifact by its name: one that a step made under a name given with `named`, data that was registered, or
 * any output as `pipeline.step.output`. In a step, `from` is its context: what is loaded is recorded as an input of the
 * step, as `loaded.0` and so on. Outside, `from` is a client and a project. Rejects with `artifact_not_found`, which says
 * what there is; with `blob_damaged` for bytes that are not those of the digest; and with `step_conflict` in a step that
 * asks for the cache, whose inputs must be known before it runs: use `externalArtifact` there.
 *
 * @example
 * const customers = await Artifact.load('customers', { from: context, as: table(), version: 3 })
 * const newest = await Artifact.load('customers', { from: { client, project: 'churn' }, as: table() })
 */
export const Artifact = Object.freeze({
  load: async <A extends Kind>(
    name: string,
    { from, as, version, digest }: LoadOptions<A> & { readonly from: Pick<StepContext, 'load'> | LoadedFrom },
  ): Promise<Value<A>> => {
    const which = { ...(version !== undefined && { version }), ...(digest !== undefined && { digest }) }
    if ('load' in from) return (await from.load(name, { as, ...which })) as Value<A>
    const { client, project } = from
    const ref = await client.findArtifact({ project, name, ...which })
    const bytes = await readBytes({ client, held: { project } }, ref)
    return (await readLoaded({ ref, bytes }, as)) as Value<A>
  },
})
