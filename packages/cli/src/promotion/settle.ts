import { setTimeout as wait } from 'node:timers/promises'
import { isEnded, type Promotion } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/** Soon at first, since most promotions take a tenth of a second; then less and less often. */
const FIRST_POLL_MS = 20
const MAX_POLL_MS = 500

export type SettleOptions = {
  timeoutMs: number
  /** `approval`: stop when people must decide; `end`: go on waiting for them. */
  until: 'approval' | 'end'
  onState: (promotion: Promotion) => void
  now: () => Date
}

/**
 * Follows a promotion until it has ended, awaits approval, or the time is over. In an embedded workspace this process
 * does the work itself; over HTTP it watches the server's worker.
 */
export async function settle(workspace: OpenWorkspace, id: string, options: SettleOptions): Promise<Promotion> {
  const { client, project, advance } = workspace
  const endMs = options.now().getTime() + options.timeoutMs
  let lastState = ''
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
    await advance?.(id)
    const promotion = await client.showPromotion({ project, promotionId: id })
    if (promotion.state !== lastState) options.onState(promotion)
    lastState = promotion.state
    const stops = isEnded(promotion.state) || (promotion.state === 'awaiting_approval' && options.until === 'approval')
    if (stops || options.now().getTime() >= endMs) return promotion
    await wait(pollMs)
  }
}
