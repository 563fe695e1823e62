import type { DeploymentTarget } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { noSuchDeployment } from './existing.ts'
import { type Look, lookAtLog } from './look-at-log.ts'
import { type DeploymentWish, findDeploymentById } from './store.ts'
import { targetUntil } from './target.ts'

type Waiter = {
  known: string
  give: (target: DeploymentTarget) => void
  fail: (error: unknown) => void
  end: () => void
}
type Place = { deployment: Named; waiters: Set<Waiter>; stepAt: Date | null }
type Named = Pick<DeploymentWish, 'id' | 'project' | 'name'>

/** Lets services wait for another target than they know. */
export type TargetWatch = {
  /**
   * The target of a deployment as soon as it is not the one that is known; the same one after `waitMs`, and at once when
   * the workspace closes.
   * @throws PlatformError `deployment_not_found` once it is deleted
   */
  next: (deployment: Named, wanted: { known: string; waitMs: number }) => Promise<DeploymentTarget>
}

/**
 * All that wait share one look at the log, and a target that may have changed is worked out once for all that wait for
 * it. Waiting holds no transaction and no connection to the database.
 */
export function watchTargets(deps: Pick<Deps, 'db' | 'pepper' | 'bell' | 'now'>): TargetWatch {
  const waiting = new Map<string, Place>()
  let look: Look | null = null

  const targetNow = async ({ id, project, name }: Named) => {
    const found = await findDeploymentById(deps.db, id)
    if (!found || found.wish.deletedAt !== null) throw noSuchDeployment(project, name)
    const { target, stepAt } = await targetUntil(deps.db, deps, found.wish)
    const place = waiting.get(id)
    if (place) place.stepAt = stepAt
    return target
  }
  const isDue = ({ deployment, stepAt }: Place, changed: ReadonlySet<string | null>) =>
    changed.has(deployment.project) || (stepAt !== null && stepAt <= deps.now())
  const looked = async (changed: ReadonlySet<string | null>) => {
    for (const place of [...waiting.values()].filter((each) => isDue(each, changed))) {
      const { deployment, waiters } = place
      try {
        const target = await targetNow(deployment)
        for (const { known, give } of waiters) if (known !== target.revision) give(target)
      } catch (error) {
        for (const { fail } of waiters) fail(error)
      }
    }
  }
  const ended = () => {
    for (const { waiters } of waiting.values()) for (const { end } of waiters) end()
  }
  const enter = (deployment: Named, waiter: Waiter): Look => {
    const place = waiting.get(deployment.id) ?? { deployment, waiters: new Set(), stepAt: null }
    waiting.set(deployment.id, place)
    place.waiters.add(waiter)
    look ??= lookAtLog(deps, { looked, ended })
    return look
  }
  const leave = ({ id }: Named, waiter: Waiter) => {
    const place = waiting.get(id)
    place?.waiters.delete(waiter)
    if (place?.waiters.size === 0) waiting.delete(id)
    if (waiting.size > 0) return
    look?.stop()
    look = null
  }

  return {
    next: async (deployment, { known, waitMs }) => {
      const { promise, resolve, reject } = Promise.withResolvers<DeploymentTarget | null>()
      // It may fail before anybody awaits it.
      promise.catch(() => {})
      const waiter: Waiter = { known, give: resolve, fail: reject, end: () => resolve(null) }
      const timer = setTimeout(waiter.end, waitMs)
      try {
        await enter(deployment, waiter).ready
        // Read only now: what was committed before the look began is in here, what comes after it will be told.
        const target = await targetNow(deployment)
        return target.revision === known ? ((await promise) ?? target) : target
      } finally {
        clearTimeout(timer)
        leave(deployment, waiter)
      }
    },
  }
}
