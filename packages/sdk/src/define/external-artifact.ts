import { ArtifactName, Sha256 } from '@airlock-ml/contract'
import { showValue } from '../show-value.ts'
import type { Artifact } from './artifact.ts'
import { invalid } from './check-names.ts'
import { everyBuild } from './constant.ts'
import { makeRef, type RefTo } from './ref.ts'

/** Which registered data a pipeline reads. */
export interface ExternalArtifact<A extends Artifact> {
  /** As it was registered: `airlock artifact register FILE --name NAME`. */
  readonly name: string
  /** SHA-256 of the bytes, as `airlock artifact register` and `airlock artifact show NAME` print it. */
  readonly digest: string
  /** What the bytes are, as `text()` for a CSV file and `table()` for a Parquet file. */
  readonly as: A
}

/**
 * Data from outside that was registered with the workspace, as an input of a step: those very bytes, whatever the name
 * stands for later. The digest stands in the code, so a change of data is a change that a reviewer sees. A run fails where
 * no version of the name has these bytes. Throws `pipeline_invalid` for what is no name or no SHA-256.
 *
 * @example
 * const raw = externalArtifact({ name: 'customers', digest: '2c26b46b…', as: text() })
 * cleanData({ inputs: { raw } })
 */
export function externalArtifact<A extends Artifact>({ name, digest, as }: ExternalArtifact<A>): RefTo<A> {
  const named = ArtifactName.safeParse(name)
  if (!named.success)
    throw invalid(`An external artifact is named ${showValue(name)}: the name ${named.error.issues[0]?.message}.`)
  const known = Sha256.safeParse(digest)
  if (!known.success)
    throw invalid(
      `The digest of external artifact "${name}" is ${showValue(digest)}: it ${known.error.issues[0]?.message}. See \`airlock artifact show ${name}\`.`,
    )
  const { type, codec } = as
  const source = { from: 'artifact' as const, name, digest }
  return makeRef({ source, type, kind: codec?.kind, owner: everyBuild }) as RefTo<A>
}
