import type { driftHookRoutes } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import { existingDeployment, ownDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { type HookCaller, listHookCalls } from '../monitoring/hook-call-store.ts'
import { claimHookCall, endHookCall } from '../monitoring/hook-calls.ts'
import { existingRun, holdRun } from '../runs/lease.ts'
import { findRun } from '../runs/store.ts'
import { reportRunDrift } from './report-run-drift.ts'

export const driftHookHandlers = (deps: Deps): Handlers<typeof driftHookRoutes> => ({
  reportRunDrift: (args, by) => transact(deps.db, (tx) => reportRunDrift(tx, deps, args, by)),
  claimRunDriftHook: ({ body, ...run }) =>
    transact(deps.db, async (tx) => claimHookCall(tx, deps, await ofRun(tx, deps, { ...run, ...body }))),
  endRunDriftHook: ({ callId, body: { leaseToken, ...end }, ...run }, by) =>
    transact(deps.db, async (tx) =>
      endHookCall(tx, deps, { ...(await ofRun(tx, deps, { ...run, leaseToken })), callId, end }, by),
    ),
  claimDriftHook: (path, by) =>
    transact(deps.db, async (tx) => {
      const { id, project } = await ownDeployment(tx, path, by)
      return claimHookCall(tx, deps, { project, by: { deploymentId: id } })
    }),
  endDriftHook: ({ callId, body: end, ...path }, by) =>
    transact(deps.db, async (tx) => {
      const { id, project } = await ownDeployment(tx, path, by)
      return endHookCall(tx, deps, { project, by: { deploymentId: id }, callId, end }, by)
    }),
  listDriftHooks: async ({ project, deployment, runId, ...page }) => {
    if (runId !== undefined) await existingRun(deps.db, project, runId)
    const deploymentId = deployment && (await existingDeployment(deps.db, { project, deployment })).id
    const of = { project, now: deps.now(), ...(deploymentId && { deploymentId }), ...(runId && { runId }) }
    return listHookCalls(deps.db, of, page)
  },
})

/** A retry of a retry is as far as it goes in earnest. */
const MOST_RETRIES = 100

/** What waits of a run, and of those that it retries: what their steps found is taken over, and is not found again. */
async function ofRun(
  tx: Tx,
  deps: Deps,
  held: { project: string; runId: string; leaseToken: string },
): Promise<{ project: string; by: HookCaller }> {
  const { project } = held
  const run = await holdRun(tx, deps, held)
  const runIds = [run.id]
  for (let before = run.retry_of; before !== null && runIds.length < MOST_RETRIES; ) {
    runIds.push(before)
    before = (await findRun(tx, project, before))?.retry_of ?? null
  }
  return { project, by: { runIds } }
}
