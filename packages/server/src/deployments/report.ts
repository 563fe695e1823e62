import type { ServiceReport } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { findVersion } from '../models/version-store.ts'
import { type DeploymentPath, ownDeployment } from './existing.ts'
import { type DeploymentWish, findAnswering, putReport } from './store.ts'
import { targetOf } from './target.ts'

/**
 * Keeps what a service says of itself. Only that another version answers is an event: once for each change, with how
 * long it took from what called for it to the last answer of the version before.
 * @throws PlatformError `deployment_not_found`, `forbidden`
 */
export const reportService = (
  deps: Deps,
  { report, ...path }: DeploymentPath & { report: ServiceReport },
  by: RequestContext,
): Promise<{ revision: string }> =>
  transact(deps.db, async (tx) => {
    const wish = await ownDeployment(tx, path, by)
    const known = await findAnswering(tx, wish.id)
    const { number, since } = answeringOf(report, known)
    await putReport(tx, {
      deployment_id: wish.id,
      report: toJson(report),
      reported_at: deps.now().toISOString(),
      number,
      number_since: since,
    })
    if (number !== (known?.number ?? null))
      await recordChange(tx, deps, { wish, report, from: known?.number ?? null }, by)
    return { revision: (await targetOf(tx, deps, wish)).revision }
  })

type Answering = { number: number | null; since: string }

/**
 * Which version answers for the deployment, since when. A service may be several processes, which change one after the
 * other: what one says of an earlier moment than is on record takes nothing back.
 */
function answeringOf({ number, lastSwap, startedAt }: ServiceReport, known: Answering | undefined): Answering {
  const since = lastSwap?.to === number ? lastSwap.swappedAt : startedAt
  if (!known) return { number, since }
  // A process that has just started, and answers with nothing yet, has not ended another's answers.
  const isNews = number === null ? lastSwap?.to === null : true
  return isNews && number !== known.number && since > known.since ? { number, since } : known
}

type Change = { wish: DeploymentWish; report: ServiceReport; from: number | null }

async function recordChange(tx: Tx, deps: Deps, { wish, report, from }: Change, by: RequestContext): Promise<void> {
  const { number, digest, lastSwap } = report
  const cause = await causeOf(tx, wish, { from, to: number })
  const swap = lastSwap?.to === number ? lastSwap : null
  const lastAnswerMs = swap && cause ? Date.parse(swap.lastOldAnswerAt ?? swap.swappedAt) - Date.parse(cause.at) : null
  await record(tx, deps, {
    type: 'deployment.version-answers',
    actor: by.actor,
    requestId: by.requestId,
    project: wish.project,
    subject: { kind: 'deployment', id: wish.id, ...(digest !== null && { digest }) },
    before: { number: from },
    after: { number, swap, cause, commitToLastOldAnswerMs: lastAnswerMs },
  })
}

/** What called for another version: the change of the stage, or the recall of the version that answered. */
async function causeOf(
  tx: Tx,
  wish: DeploymentWish,
  { from, to }: { from: number | null; to: number | null },
): Promise<{ act: string; at: string } | null> {
  if (to !== null) {
    const changes = await changesOldestFirst(tx, wish, wish.stage)
    const change = changes.findLast(({ number }) => number === to)
    return change ? { act: change.act, at: change.at } : null
  }
  const version = from === null ? undefined : await findVersion(tx, wish, { number: from })
  const mark = version?.marks.find((each) => each.mark === 'recalled')
  return mark ? { act: 'recall', at: mark.at } : null
}
