import type { HandedComparison, SnapshotSpec } from '@airlock-ml/contract'
import type { Call } from './call.ts'
import { model, project, trainingSpec, upload } from './two-workspaces.ts'

/** What such a pipeline hands over. */
export const result: HandedComparison = {
  verdict: 'not worse',
  reason: 'Between -0.01 and +0.02.',
  rows: 129,
  judgedBy: 'accuracy',
  margin: 0.05,
  metrics: { accuracy: { p: 0.5 } },
  discordant: { onlyChampion: 1, onlyChallenger: 2, p: 1 },
  agreement: { share: 0.98, kappa: 0.95 },
  disputedRows: 3,
}

/** A compiled pipeline of one step that compares two versions. */
export const comparing = (): SnapshotSpec => ({
  ...trainingSpec(),
  pipeline: 'champion-challenger',
  steps: [
    {
      name: 'compare',
      inputs: {
        champion: { from: 'model', role: 'model', of: 'champion' },
        challenger: { from: 'model', role: 'model' },
      },
      outputs: { comparison: { type: 'json' } },
      parameters: {},
    },
  ],
  model: { action: 'compares', name: model, comparison: { step: 'compare', output: 'comparison' } },
})

export type Which = { version?: { number: number }; champion?: { number: number } }

/** Starts a run that compares. */
export async function startComparing(root: Call, which: Which = {}) {
  const { id: snapshotId } = await root('createSnapshot', { project, body: comparing() })
  return root('startRun', { project, body: { snapshotId, ...which } })
}

/** A run that compares, and hands over `found`. */
export async function compareAs(root: Call, found: unknown, which: Which = {}) {
  const { run, lease } = await startComparing(root, which)
  const body = { leaseToken: lease.token }
  const { inputs } = await root('startStep', { project, runId: run.id, step: 'compare', body })
  const digest = await upload(root, Buffer.from(JSON.stringify(found)))
  const outputs = { comparison: { type: 'json' as const, digest } }
  await root('completeStep', { project, runId: run.id, step: 'compare', body: { ...body, outputs } })
  return { inputs, run: await root('completeRun', { project, runId: run.id, body }) }
}
