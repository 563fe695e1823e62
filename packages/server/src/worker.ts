import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from './deps.ts'
import type { ServerLog } from './log.ts'
import { deliver } from './outbox/deliver.ts'
import { advance } from './promotions/advance.ts'
import { deliverReceipt } from './promotions/receipt.ts'
import { listWaiting } from './promotions/store.ts'
import { reapLostRuns } from './runs/lease.ts'

/** Does everything that waits in the workspace once: promotions, the outbox, runs whose process died. */
export async function workOnce(deps: Deps, log: ServerLog, onlyPromotion?: string): Promise<void> {
  for (const { id, project } of await listWaiting(deps.db)) {
    if (onlyPromotion !== undefined && id !== onlyPromotion) continue
    try {
      await advance(deps, { project, id })
    } catch (error) {
      if (onlyPromotion !== undefined) throw error
      log.error({ promotionId: id, error }, 'a promotion could not be advanced; it is tried again')
    }
  }
  await deliver(deps.db, { 'promotion.receipt': deliverReceipt(deps) }, deps.now)
  await reapLostRuns(deps)
}

const IDLE_MS = 500

/** Works until `signal` aborts, looking for work every half second; any number of replicas may, leases keep them apart. */
export async function workUntil(deps: Deps, log: ServerLog, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await workOnce(deps, log).catch((error: unknown) => log.error({ error }, 'the worker failed; it goes on'))
    await sleep(IDLE_MS, undefined, { signal }).catch(() => {})
  }
}
