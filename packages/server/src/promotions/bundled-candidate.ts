import { commitsOfBundle } from '../lineage/refs.ts'
import type { Candidate } from '../marks/candidate.ts'
import type { Assessment } from './assess.ts'

/** A verified bundle as a candidate: everything its lineage names counts, and every artifact in it. */
export function bundledCandidate(
  { project, model }: { project: string; model: string },
  { bundle, lineage }: Pick<Assessment, 'bundle' | 'lineage'>,
): Candidate {
  const { source, model: trained, files } = bundle.manifest
  const own = files.flatMap(({ artifact, sha256 }) => (artifact ? [sha256] : []))
  const touched = lineage.steps.flatMap(({ inputs, outputs }) =>
    [...Object.values(inputs), ...Object.values(outputs)].map(({ digest }) => digest),
  )
  return {
    project,
    model,
    number: null,
    digest: trained.digest,
    source: { workspace: source.workspace, number: source.number },
    commits: commitsOfBundle(bundle.manifest, lineage),
    lineage: [...new Set([...own, ...touched, ...(lineage.sources ?? []).map(({ digest }) => digest)])],
  }
}
