import { type deploymentRoutes, PlatformError } from '@airlock-ml/contract'
import { mapPage } from '../db/keyset.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import type { RequestContext } from '../http/request-context.ts'
import { isSignedIn } from '../identity/authenticate.ts'
import { createDeployment } from './create.ts'
import { deleteDeployment } from './delete.ts'
import { existingDeployment, ownDeployment, shown } from './existing.ts'
import { listKeys } from './key-store.ts'
import { createDeploymentKey, revokeDeploymentKey } from './keys.ts'
import { replaceServiceSecret } from './replace-secret.ts'
import { reportService } from './report.ts'
import { retreat } from './retreat.ts'
import { findDeploymentById, listDeployments } from './store.ts'
import { lastTakenOut } from './taken-out.ts'
import { targetOf } from './target.ts'
import { watchTargets } from './watch-targets.ts'

export function deploymentHandlers(deps: Deps): Omit<Handlers<typeof deploymentRoutes>, 'updateDeployment'> {
  const { db, now } = deps
  const watch = watchTargets(deps)
  return {
    createDeployment: ({ project, body }, by) => createDeployment(deps, { project, ...body }, by),
    listDeployments: async ({ project, ...page }) =>
      mapPage(await listDeployments(db, project, page), (each) => shown(each, now())),
    showDeployment: async (path) => {
      const wish = await existingDeployment(db, path)
      const deployment = shown((await findDeploymentById(db, wish.id))!, now())
      return { ...deployment, takenOut: await lastTakenOut(db, wish) }
    },
    deleteDeployment: (path, by) => deleteDeployment(deps, path, by),
    replaceServiceSecret: (path, by) => replaceServiceSecret(deps, path, by),
    createDeploymentKey: ({ body, ...path }, by) => createDeploymentKey(deps, { ...path, ...body }, by),
    listDeploymentKeys: async ({ project, deployment, ...page }) =>
      listKeys(db, (await existingDeployment(db, { project, deployment })).id, page),
    revokeDeploymentKey: (path, by) => revokeDeploymentKey(deps, path, by),
    showDeploymentTarget: async ({ known, waitMs, ...path }, by) => {
      const wish = await ownDeployment(db, path, by)
      if (known === undefined || waitMs === 0) return targetOf(db, deps, wish)
      const target = await watch.next(wish, { known, waitMs })
      if (target.revision !== known) await demandSignedIn(deps, by)
      return target
    },
    retreat: ({ body, ...path }, by) => retreat(deps, { ...path, ...body }, by),
    reportService: ({ body: report, ...path }, by) => reportService(deps, { ...path, report }, by),
  }
}

/** Whoever waited may have lost their key meanwhile, and then hears nothing new. */
async function demandSignedIn(deps: Deps, { actor }: RequestContext): Promise<void> {
  if (actor.apiKeyId !== null && (await isSignedIn(deps, actor.apiKeyId))) return
  throw new PlatformError('unauthenticated', 'The API key was revoked, or its identity disabled, while it waited.')
}
