import type { runRoutes } from '@airlock-ml/contract'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { cancelRun } from './cancel.ts'
import { checkRun, completeRun, failRun } from './complete.ts'
import { existingRun, holdRun, leaseEnd, reapLostRuns } from './lease.ts'
import { loadArtifact } from './load-artifact.ts'
import { listLogs } from './log-store.ts'
import { reuseStep } from './reuse-step.ts'
import { showRun } from './show.ts'
import { skipStep } from './skip-step.ts'
import { snapshotSpecs } from './snapshot-specs.ts'
import { startRun } from './start.ts'
import { completeStep, failStep, logStep, retryStep, startStep } from './steps.ts'
import { cancelRequestOf, listRuns } from './store.ts'

export function runHandlers(deps: Deps): Handlers<typeof runRoutes> {
  const specs = snapshotSpecs()
  return {
    startRun: (tx, { project, body }, by) => startRun(tx, deps, { project, ...body }, by),
    heartbeatRun: async ({ body, ...run }) => {
      const held = await transact(deps.db, (tx) => holdRun(tx, deps, { ...run, ...body }))
      return { expiresAt: leaseEnd(deps), cancelRequest: cancelRequestOf(held) }
    },
    startStep: ({ body, ...step }) => startStep(deps, specs, { ...step, ...body }),
    loadArtifact: ({ body: { leaseToken, ...wanted }, ...step }) =>
      loadArtifact(deps, specs, { ...step, leaseToken }, wanted),
    reuseStep: ({ body, ...step }) => reuseStep(deps, specs, { ...step, ...body }),
    skipStep: ({ body: { leaseToken, ...why }, ...step }) => skipStep(deps, specs, { ...step, leaseToken }, why),
    retryStep: ({ body: { leaseToken, ...failed }, ...step }) => retryStep(deps, { ...step, leaseToken }, failed),
    completeStep: ({ body: { leaseToken, ...result }, ...step }) =>
      completeStep(deps, specs, { ...step, leaseToken }, result),
    failStep: ({ body: { leaseToken, ...failure }, ...step }) => failStep(deps, { ...step, leaseToken }, failure),
    appendLogs: ({ body: { leaseToken, lines }, ...step }) => logStep(deps, specs, { ...step, leaseToken }, lines),
    checkRun: ({ body, ...run }) => checkRun(deps, specs, { ...run, ...body }),
    completeRun: ({ body, ...run }, by) => completeRun(deps, specs, { ...run, ...body }, by),
    failRun: ({ body, ...run }, by) => failRun(deps, { ...run, ...body }, by),
    cancelRun: ({ body, ...run }, by) => cancelRun(deps, { ...run, ...body }, by),
    listRuns: async ({ project, pipeline, status, ...page }) => {
      await reapLostRuns(deps)
      return listRuns(deps.db, { project, pipeline, status }, page)
    },
    showRun: async ({ project, runId }) => {
      await reapLostRuns(deps)
      return showRun(deps.db, project, runId)
    },
    listLogs: async ({ project, runId, step, level, after, ...page }) => {
      await existingRun(deps.db, project, runId)
      return listLogs(deps.db, { runId, step, level, after }, page)
    },
  }
}
