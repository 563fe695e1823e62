import type { Evidence, HookRun, ModelVersion, SnapshotSpec } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { RunRow } from './store.ts'

/** Facts about a version trained here: all of them reported by whoever ran it, but for where we are. */
export function evidenceOfRun(
  { workspace }: Pick<Deps, 'workspace'>,
  run: RunRow,
  trained: {
    spec: SnapshotSpec
    metrics: Record<string, number>
    artifacts: ModelVersion['artifacts']
    hooks: HookRun[]
  },
): Evidence {
  const { spec, metrics, artifacts, hooks } = trained
  const { grade } = run
  const data = Object.fromEntries(
    Object.entries(artifacts)
      .filter(([, { type }]) => type === 'table')
      .map(([role, { digest, sizeBytes }]) => [role, { digest, sizeBytes }]),
  )
  return {
    metrics: { grade, value: metrics },
    run: {
      grade,
      value: {
        id: run.id,
        pipeline: run.pipeline,
        environment: run.environment,
        stack: run.stack,
        steps: spec.steps.length,
        hooks,
      },
    },
    data: { grade, value: data },
    hooks: {
      grade,
      value: {
        names: hooks.map(({ name }) => name),
        failed: hooks.filter(({ outcome }) => outcome === 'failed').length,
      },
    },
    git: { grade, value: { commit: spec.code.commit, dirty: spec.code.dirty, codeDigest: spec.code.digest } },
    source: { grade: 'recomputed', value: { workspace: workspace.name, project: run.project, model: run.model_name! } },
  }
}
