import { type monitoringRoutes, PlatformError } from '@airlock-ml/contract'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { existingVersion } from '../models/existing.ts'
import { recordWindow } from '../monitoring/record-window.ts'
import { listBreaches, listWindows } from '../monitoring/store.ts'
import { heldToPolicy } from '../policies/drift-limits.ts'
import { existingDeployment, ownDeployment } from './existing.ts'

export const monitoringHandlers = (deps: Deps): Handlers<typeof monitoringRoutes> => ({
  reportWindow: ({ windowId, body, ...path }, by) =>
    transact(deps.db, async (tx) => {
      const { id, project, name, model, stage, snapshotId, settings } = await ownDeployment(tx, path, by)
      const version = await existingVersion(tx, { project, model }, { number: body.number })
      if (version.digest !== body.digest)
        throw new PlatformError(
          'model_version_not_found',
          `${model} ${body.number} has other bytes than ${body.digest}.`,
        )
      const limits = await heldToPolicy(tx, { project, stage }, settings.monitoring)
      const deployment = { id, project, name, model, snapshotId, limits }
      return recordWindow(tx, deps, { deployment, reported: { id: windowId, ...body } }, by)
    }),
  listWindows: async ({ project, deployment, ...page }) =>
    listWindows(deps.db, (await existingDeployment(deps.db, { project, deployment })).id, page),
  listBreaches: async ({ project, deployment, open, ...page }) => {
    const { id } = await existingDeployment(deps.db, { project, deployment })
    return listBreaches(deps.db, { deploymentId: id, open }, page)
  },
})
