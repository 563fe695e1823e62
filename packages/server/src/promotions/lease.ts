import { randomUUID } from 'node:crypto'
import { PlatformError } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { stateOf, thisExecutor } from '../executor.ts'
import { extendLease, findLease, setLease } from './lease-store.ts'

const LEASE_MS = 60_000
const RENEW_MS = 15_000

/** The right to advance one promotion. */
export type PromotionLease = { promotionId: string; token: string }

/**
 * Takes a promotion's lease when it is free, has run out, or belongs to a dead process of this machine; null while
 * somebody else works on it.
 */
export const takeLease = (deps: Deps, promotionId: string): Promise<PromotionLease | null> =>
  transact(deps.db, async (tx) => {
    const held = await findLease(tx, promotionId)
    if (held && isHeld(held, deps.now())) return null
    const { host, pid } = thisExecutor()
    const token = `${host}/${pid}/${randomUUID()}`
    await setLease(tx, promotionId, { token, expiresAt: expiry(deps) })
    return { promotionId, token }
  })

/** Whether a worker that lives holds the lease. */
export const isHeld = (held: { lease_token: string | null; lease_expires_at: string | null }, now: Date): boolean =>
  held.lease_token !== null && held.lease_expires_at! > now.toISOString() && !isDeadHere(held.lease_token)

/** Gives up the lease of a worker that lives no longer; false when it lives, or another has taken the lease. */
export const dropStaleLease = (deps: Deps, promotionId: string): Promise<boolean> =>
  transact(deps.db, async (tx) => {
    const held = await findLease(tx, promotionId)
    if (!held?.lease_token || isHeld(held, deps.now())) return false
    await setLease(tx, promotionId, null)
    return true
  })

/** Within the transaction that changes the promotion: the lease is still ours. */
export async function demandLease(tx: Tx, deps: Deps, { promotionId, token }: PromotionLease): Promise<void> {
  if (await extendLease(tx, promotionId, { token, expiresAt: expiry(deps) })) return
  throw new PlatformError('database_busy', 'Another worker has taken the promotion over.')
}

/** Does `work` while renewing the lease, and gives it up afterwards. */
export async function underLease<T>(deps: Deps, lease: PromotionLease, work: () => Promise<T>): Promise<T> {
  const renewal = setInterval(() => {
    transact(deps.db, (tx) => demandLease(tx, deps, lease)).catch(() => clearInterval(renewal))
  }, RENEW_MS)
  try {
    return await work()
  } finally {
    clearInterval(renewal)
    await transact(deps.db, async (tx) => {
      const held = await findLease(tx, lease.promotionId)
      if (held?.lease_token === lease.token) await setLease(tx, lease.promotionId, null)
    })
  }
}

const expiry = ({ now }: Deps) => new Date(now().getTime() + LEASE_MS).toISOString()

function isDeadHere(token: string): boolean {
  const [host, pid] = token.split('/')
  return stateOf({ host: host!, pid: Number(pid) }) === 'dead'
}
