import { PlatformError, type Promotion, type PromotionState } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { existingPromotion } from './existing.ts'
import { importBundle } from './import.ts'
import { endImportRun } from './import-run.ts'
import { demandLease, type PromotionLease, takeLease, underLease } from './lease.ts'
import { removeStagedBundle } from './staged-bundle.ts'
import { setState } from './store.ts'
import { verify } from './verify.ts'

/*
 * A promotion is a durable state machine of the destination:
 *
 *   requested ── verify ──► awaiting_approval ── approve ──► approved ── import ──► completed
 *      │  ▲  └── verify, nobody needs to approve ───────────────▲ │ │
 *      │  └──────────── the plan changed: verified anew ──────────┘ │
 *      └──► refused ◄───────────────────────────────────────────────┘      (rejected: by a person, from any open state)
 *
 * Entered by `request.ts`; `approve.ts` and `reject.ts` are people's, the rest is done here, by whoever holds the
 * promotion's lease. Each arrow is one transaction with its audit event, so that a kill leaves the state before or after.
 */
const steps: Partial<
  Record<PromotionState, (deps: Deps, promotion: Promotion, lease: PromotionLease) => Promise<void>>
> = {
  requested: verify,
  approved: importBundle,
}

/** A plan that changes more often than this while it is worked on waits for the next worker. */
const MAX_STEPS = 10

/**
 * Does the work that waits on a promotion, until it ends or waits for people. Does nothing while another worker has it.
 * @throws PlatformError for faults that are no refusal (`exchange_unreachable`, `database_busy` …): it stays where it was
 */
export async function advance(deps: Deps, { project, id }: { project: string; id: string }): Promise<void> {
  const { state } = await existingPromotion(deps.db, project, id)
  if (!steps[state]) return
  const lease = await takeLease(deps, id)
  if (!lease) return
  await underLease(deps, lease, async () => {
    for (let taken = 0; taken < MAX_STEPS; taken++) {
      const promotion = await existingPromotion(deps.db, project, id)
      const step = steps[promotion.state]
      if (!step) return
      try {
        await step(deps, promotion, lease)
      } catch (error) {
        if (!isRefusal(error)) throw error
        return refuse(deps, { project, id, lease }, error)
      }
    }
  })
}

/** What the far side says no to; faults of its own are none. */
const isRefusal = (error: unknown): error is PlatformError => error instanceof PlatformError && error.status < 500

async function refuse(
  deps: Deps,
  at: { project: string; id: string; lease: PromotionLease },
  error: PlatformError,
): Promise<void> {
  await transact(deps.db, async (tx) => {
    await demandLease(tx, deps, at.lease)
    const promotion = await existingPromotion(tx, at.project, at.id)
    if (!steps[promotion.state]) return
    const { code, message, remedy } = error
    if (promotion.runId)
      await endImportRun(tx, deps, promotion.runId, { status: 'failed', error: { step: null, message } })
    await setState(tx, at.id, 'refused', { refusal: { code, message, remedy }, ended_at: deps.now().toISOString() })
    await record(tx, deps, {
      type: 'promotion.refused',
      actor: systemActor('promotion-worker'),
      requestId: null,
      project: at.project,
      subject: { kind: 'promotion', id: at.id, digest: promotion.bundle.digest },
      outcome: 'refused',
      before: { state: promotion.state },
      after: { code, details: error.details },
      reason: message.slice(0, 2_000),
    })
  })
  await crashPoint('promotion:refused')
  await removeStagedBundle(deps, at.id)
}
