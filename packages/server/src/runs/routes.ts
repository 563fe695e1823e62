import type { runRoutes } from '@airlock-ml/contract'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { completeRun, failRun } from './complete.ts'
import { existingRun, holdRun, leaseEnd, reapLostRuns } from './lease.ts'
import { showRun } from './show.ts'
import { snapshotSpecs } from './snapshot-specs.ts'
import { startRun } from './start.ts'
import { completeStep, failStep, logStep, startStep } from './steps.ts'
import { listLogs, listRuns } from './store.ts'

export function runHandlers(deps: Deps): Handlers<typeof runRoutes> {
  const specs = snapshotSpecs()
  return {
    startRun: (tx, { project, body }, by) => startRun(tx, deps, { project, ...body }, by),
    heartbeatRun: async ({ body, ...run }) => {
      await transact(deps.db, (tx) => holdRun(tx, deps, { ...run, ...body }))
      return { expiresAt: leaseEnd(deps) }
    },
    startStep: ({ body, ...step }) => startStep(deps, specs, { ...step, ...body }),
    completeStep: ({ body: { leaseToken, ...result }, ...step }) =>
      completeStep(deps, specs, { ...step, leaseToken }, result),
    failStep: ({ body: { leaseToken, ...failure }, ...step }) => failStep(deps, { ...step, leaseToken }, failure),
    appendLogs: ({ body: { leaseToken, lines }, ...step }) => logStep(deps, specs, { ...step, leaseToken }, lines),
    completeRun: ({ body, ...run }, by) => completeRun(deps, specs, { ...run, ...body }, by),
    failRun: ({ body, ...run }, by) => failRun(deps, { ...run, ...body }, by),
    listRuns: async ({ project, pipeline, status, ...page }) => {
      await reapLostRuns(deps)
      return listRuns(deps.db, { project, pipeline, status }, page)
    },
    showRun: async ({ project, runId }) => {
      await reapLostRuns(deps)
      return showRun(deps.db, project, runId)
    },
    listLogs: async ({ project, runId, step, ...page }) => {
      await existingRun(deps.db, project, runId)
      return listLogs(deps.db, { runId, step }, page)
    },
  }
}
