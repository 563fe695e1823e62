import type { ModelVersion } from '@airlock-ml/contract'

/** What wants to enter a stage or to leave in a bundle: which bytes, and where they come from. */
export type Candidate = {
  project: string
  model: string
  /** Its number here; null for a bundle that has not come in. */
  number: number | null
  /** SHA-256 of its model file. */
  digest: string
  source: { workspace: string; number: number }
  /** Of its training, and of the runs that computed what the training took over. */
  commits: readonly string[]
  /** Digests of what its training run read and made, and of its own artifacts. */
  lineage: readonly string[]
}

/** A version of this workspace as a candidate. What else its run touched was held against the recalls when it came in. */
export const candidateOf = (version: Omit<ModelVersion, 'marks'>): Candidate => ({
  project: version.project,
  model: version.model,
  number: version.number,
  digest: version.digest,
  source: { workspace: version.source.workspace, number: version.source.number },
  commits: version.source.commit === null ? [] : [version.source.commit],
  lineage: Object.values(version.artifacts).map(({ digest }) => digest),
})
