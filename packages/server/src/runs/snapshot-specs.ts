import { PlatformError, type SnapshotSpec, type SnapshotStep } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findSnapshot } from '../pipelines/store.ts'
import type { RunRow } from './store.ts'

const MAX_KEPT = 16

/** Snapshots that runs are using, parsed once: each step of a long pipeline asks for its own part. */
export type SnapshotSpecs = {
  specOf: (db: Db, run: RunRow) => Promise<SnapshotSpec>
  /** @throws PlatformError `step_run_not_found` */
  stepOf: (db: Db, run: RunRow, step: string) => Promise<SnapshotStep>
}

export function snapshotSpecs(): SnapshotSpecs {
  const kept = new Map<string, { spec: SnapshotSpec; steps: Map<string, SnapshotStep> }>()
  const load = async (db: Db, run: RunRow) => {
    const id = run.snapshot_id
    if (!id) throw new PlatformError('run_not_running', `Run ${run.id} is the platform's own.`)
    const known = kept.get(id)
    if (known) return known
    const { spec } = (await findSnapshot(db, run.project, { id }))!
    const loaded = { spec, steps: new Map(spec.steps.map((step) => [step.name, step])) }
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string)
    kept.set(id, loaded)
    return loaded
  }
  return {
    specOf: async (db, run) => (await load(db, run)).spec,
    stepOf: async (db, run, name) => {
      const step = (await load(db, run)).steps.get(name)
      if (step) return step
      throw new PlatformError('step_run_not_found', `The pipeline ${run.pipeline} has no step ${name}.`)
    },
  }
}
