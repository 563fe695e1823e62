import { canonicalJson } from '@airlock-ml/bundle'
import type { Recall, RecallNotice, RecallSync, TrustedKey } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { readSmall } from '../exchange/read-small.ts'
import { refuseFile } from '../exchange/refuse-file.ts'
import { findRecall, insertRecall } from '../marks/store.ts'
import { findProject } from '../projects/store.ts'
import { keysInForce } from '../trust/store.ts'
import { type JudgedNotice, judgeNotice } from './judge-notice.ts'
import { lift } from './lift.ts'
import { markReached } from './mark-reached.ts'
import { insertReceived, receivedNotices, versionNumberOf } from './notice-store.ts'
import { MAX_NOTICE_BYTES, noticeFolder, noticeKey } from './publish.ts'
import { reachOf } from './reach.ts'

const by = { actor: systemActor('recalls'), requestId: null }
/** Gaps that are named at once. */
const MAX_MISSING = 20
type Received = RecallSync['received'][number]

/**
 * Looks in the exchange for recalls of the workspaces whose bundles or receipts are believed here, and makes each a recall
 * of this workspace, too; lifts what its issuer lifted. Whatever else lies in the place of a notice is refused, recorded
 * once for the same bytes; the true one is taken as soon as it is there.
 */
export async function receiveRecalls(deps: Deps): Promise<RecallSync> {
  const keys = [...(await keysInForce(deps.db, 'bundles')), ...(await keysInForce(deps.db, 'receipts'))]
  const trusted = Map.groupBy(
    keys.filter(({ workspace }) => workspace !== deps.workspace.name),
    ({ workspace }) => workspace,
  )
  const sync: RecallSync = { received: [], refused: [], missing: [], trusted: [...trusted.keys()] }
  for (const [workspace, of] of trusted) await receiveFrom(deps, { workspace, keys: of }, sync)
  return sync
}

async function receiveFrom(
  deps: Deps,
  { workspace, keys }: { workspace: string; keys: readonly TrustedKey[] },
  sync: RecallSync,
): Promise<void> {
  const known = await receivedNotices(deps.db, workspace)
  const listed = await listNotices(deps, workspace)
  for (const sequence of listed.filter((each) => !known.has(each))) {
    const key = noticeKey(workspace, sequence)
    const bytes = await readSmall(deps.exchange, { key, maxBytes: MAX_NOTICE_BYTES })
    if (bytes === null) continue
    const judged = judgeNotice(bytes, { workspace, sequence, keys })
    const outcome = typeof judged === 'string' ? judged : await take(deps, judged)
    if (typeof outcome === 'string') {
      sync.refused.push({ notice: key, reason: outcome })
      const refused = { folder: 'recalls', key, bytes, reason: outcome }
      await refuseFile(deps, refused, { type: 'recall.notice-refused', kind: 'recall-notice' })
      await crashPoint('recall:notice-refused')
    } else if (outcome) sync.received.push(outcome)
  }
  const last = Math.max(0, ...listed, ...known)
  const missing: number[] = []
  for (let sequence = 1; sequence < last && missing.length < MAX_MISSING; sequence++)
    if (!known.has(sequence) && !listed.includes(sequence)) missing.push(sequence)
  for (const sequence of missing) {
    sync.missing.push({ workspace, sequence })
    const reason = `Notice ${sequence} of ${workspace} is not there, though ${last} is: it is late, or was withheld.`
    const gap = { folder: 'recalls', key: noticeKey(workspace, sequence), bytes: new Uint8Array(), reason }
    await refuseFile(deps, gap, { type: 'recall.notice-missing', kind: 'recall-notice' })
  }
}

async function listNotices({ exchange }: Deps, workspace: string): Promise<number[]> {
  const folder = noticeFolder(workspace)
  const found: number[] = []
  for await (const { key } of exchange.list(folder)) {
    const [, digits] = /^(\d{12})\.json$/.exec(key.slice(folder.length)) ?? []
    if (digits && Number(digits) > 0) found.push(Number(digits))
  }
  return found.sort((a, b) => a - b)
}

/** Null when it was received before, or lifts what has not come yet; a sentence says why it is refused. */
async function take(deps: Deps, { notice, keyHint }: JudgedNotice): Promise<Received | null | string> {
  const { workspace, sequence, project, act } = notice
  if (!(await findProject(deps.db, project))) return `There is no project ${project} here.`
  const taken = await transact(deps.db, async (tx) => {
    const found = await findRecall(tx, project, { origin: { workspace, recallId: notice.recallId } })
    if (act === 'lifted' && !found) return null
    const received_at = deps.now().toISOString()
    const digest = sha256Hex(canonicalJson(notice))
    if (!(await insertReceived(tx, { workspace, sequence, digest, key_hint: keyHint, received_at }))) return null
    if (act === 'issued') return found ? null : issue(tx, deps, { notice, keyHint })
    return liftHere(tx, deps, { notice, keyHint, recall: found!.recall })
  })
  await crashPoint('recall:received')
  return taken
}

async function issue(tx: Tx, deps: Deps, { notice, keyHint }: JudgedNotice): Promise<Received> {
  const { project, target, reason, at, by: issuer, workspace, recallId } = notice
  const nothing = { model: null, number: null, source: null, digest: null, commit: null }
  const recall: Recall = {
    ...nothing,
    ...target,
    number: target.kind === 'version' ? await versionNumberOf(tx, { project, ...target }) : null,
    id: deps.newId(),
    project,
    reason,
    at,
    by: issuer,
    origin: { workspace, recallId },
    lifted: null,
  }
  await insertRecall(tx, recall, { target: nameOf(target), person: null })
  const { all: versions, counts, holders } = await reachOf(tx, deps, recall)
  await recordReceived(tx, deps, { notice, recall, after: { keyHint, kind: target.kind, counts, holders } })
  await markReached(tx, deps, { recall, versions }, by)
  return { act: 'issued', recall, counts, holders }
}

async function liftHere(
  tx: Tx,
  deps: Deps,
  { notice, keyHint, recall }: JudgedNotice & { recall: Recall },
): Promise<Received> {
  const { at, by: lifter, reason } = notice
  const lifted = recall.lifted ?? { at, by: lifter, reason }
  const freed = recall.lifted ? { released: [], stillRecalled: [] } : await lift(tx, deps, { recall, lifted }, by)
  await recordReceived(tx, deps, { notice, recall, after: { keyHint, ...freed } })
  const { counts, holders } = await reachOf(tx, deps, { ...recall, lifted })
  return { act: 'lifted', recall: { ...recall, lifted }, counts, holders }
}

const recordReceived = (
  tx: Tx,
  deps: Deps,
  { notice, recall, after }: { notice: RecallNotice; recall: Recall; after: object },
) =>
  record(tx, deps, {
    type: notice.act === 'issued' ? 'recall.received' : 'recall.lift-received',
    actor: by.actor,
    requestId: by.requestId,
    project: recall.project,
    subject: { kind: 'recall', id: recall.id, ...(recall.digest && { digest: recall.digest }) },
    after: { workspace: notice.workspace, recallId: notice.recallId, by: notice.by, at: notice.at, ...after },
    reason: notice.reason,
  })

const nameOf = (target: RecallNotice['target']): string => {
  if (target.kind === 'version') return `${target.source.workspace}/${target.model}/${target.source.number}`
  return target.kind === 'artifact' ? target.digest : target.commit
}
