import { setTimeout as sleep } from 'node:timers/promises'
import { collectCountersignatures } from './checkpoints/collect.ts'
import { makeCheckpointWhenDue } from './checkpoints/make.ts'
import { publishCheckpoint, publishCountersignature } from './checkpoints/publish.ts'
import { publishExportProof } from './checkpoints/publish-exports.ts'
import { witnessOthers } from './checkpoints/witness.ts'
import type { Deps } from './deps.ts'
import type { ServerLog } from './log.ts'
import { deliver } from './outbox/deliver.ts'
import { expireParts } from './predictions/expire.ts'
import { advance } from './promotions/advance.ts'
import { deliverReceipt } from './promotions/receipt.ts'
import { receiveReceipts } from './promotions/receive-receipts.ts'
import { listWaiting } from './promotions/store.ts'
import { publishNotice } from './recalls/publish.ts'
import { receiveRecalls } from './recalls/receive.ts'
import { reapLostRuns } from './runs/lease.ts'
import type { Wake } from './wake.ts'

/** Does everything that waits in the workspace once: promotions, the log's head, the outbox, runs whose process died. */
export async function workOnce(deps: Deps, log: ServerLog, onlyPromotion?: string): Promise<void> {
  await advanceWaiting(deps, log, onlyPromotion)
  await tendLog(deps, log)
  await deliverAll(deps)
  await reapLostRuns(deps)
  await expireParts(deps)
}

async function advanceWaiting(deps: Deps, log: ServerLog, onlyPromotion?: string): Promise<void> {
  for (const { id, project } of await listWaiting(deps.db)) {
    if (onlyPromotion !== undefined && id !== onlyPromotion) continue
    try {
      await advance(deps, { project, id })
      deps.bell.ring()
    } catch (error) {
      if (onlyPromotion !== undefined) throw error
      log.error({ promotionId: id, error }, 'a promotion could not be advanced; it is tried again')
    }
  }
}

const deliverAll = (deps: Deps) =>
  deliver(
    deps.db,
    {
      'promotion.receipt': deliverReceipt(deps),
      'recall.notice': publishNotice(deps),
      'checkpoint.publication': publishCheckpoint(deps),
      'checkpoint.export-proof': publishExportProof(deps),
      'checkpoint.countersignature': publishCountersignature(deps),
    },
    deps.now,
  )

/** Signs the log's head when that is due, and sees to the heads of others. What fails is tried again in the next pass. */
async function tendLog(deps: Deps, log: ServerLog): Promise<void> {
  for (const work of [makeCheckpointWhenDue, witnessOthers, collectCountersignatures, receiveReceipts, hearRecalls])
    await work(deps, log).catch((error: unknown) => log.error({ error }, `${work.name} failed; it is tried again`))
}

/** What holds a stage goes on holding it when it is recalled elsewhere; whoever runs the server is told. */
async function hearRecalls(deps: Deps, log: ServerLog): Promise<void> {
  const { received } = await receiveRecalls(deps)
  if (received.length > 0) deps.bell.ring()
  for (const { act, recall, holders } of received)
    if (act === 'issued')
      for (const holder of holders)
        log.warn({ recall: recall.id, by: recall.by, of: recall.origin.workspace, ...holder }, 'a holder was recalled')
}

const IDLE_MS = 500
/** What many small changes have to wait for, so that looking for work is not all that is done. */
const PAUSE_MS = 10
/** Ages are counted in days. */
const EXPIRE_EVERY_MS = 60_000
const TEND_EVERY_MS = 3_000
/** Looking at the exchange takes at most this part of the time, however many heads lie in it. */
const TEND_SHARE = 0.02

/**
 * Works until `signal` aborts, looking for work when `wake` is called and every half second, for a change may come from
 * another process; any number of replicas may, leases keep them apart.
 */
export async function workUntil(deps: Deps, log: ServerLog, wake: Wake, signal: AbortSignal): Promise<void> {
  signal.addEventListener('abort', wake.call)
  const failed = (error: unknown) => log.error({ error }, 'the worker failed; it goes on')
  let tending: Promise<void> | null = null
  let tendAtMs = 0
  let expireAtMs = 0
  const tend = async (startedAtMs: number) => {
    await tendLog(deps, log)
    const endedAtMs = performance.now()
    tendAtMs = endedAtMs + Math.max(TEND_EVERY_MS, (endedAtMs - startedAtMs) / TEND_SHARE)
    tending = null
  }
  while (!signal.aborted) {
    await advanceWaiting(deps, log).catch(failed)
    // Beside the rest: a slow exchange must not hold promotions up.
    if (performance.now() >= tendAtMs) tending ??= tend(performance.now())
    await deliverAll(deps).catch(failed)
    await reapLostRuns(deps).catch(failed)
    if (performance.now() >= expireAtMs) {
      expireAtMs = performance.now() + EXPIRE_EVERY_MS
      await expireParts(deps).catch(failed)
    }
    const restedAtMs = performance.now() + PAUSE_MS
    await wake.wait(IDLE_MS)
    await sleep(Math.max(0, restedAtMs - performance.now()))
  }
  await tending
}
