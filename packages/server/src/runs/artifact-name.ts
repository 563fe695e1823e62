import type { SnapshotStep } from '@airlock-ml/contract'
import type { RunRow } from './store.ts'

/** What an output is called: as its author named it, else after where it is made. */
export const artifactNameOf = (run: Pick<RunRow, 'pipeline'>, step: SnapshotStep, output: string): string =>
  step.outputs[output]?.name ?? `${run.pipeline}.${step.name}.${output}`
