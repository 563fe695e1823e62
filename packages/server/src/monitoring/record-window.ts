import type {
  DriftBreach,
  DriftFinding,
  MonitoringSettings,
  MonitoringWindow,
  WindowReport,
} from '@airlock-ml/contract'
import { judgeDrift } from '@airlock-ml/tabular'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { driftHooksOf, postHookCalls } from './hook-calls.ts'
import { noticeOf } from './notice.ts'
import { findWindow, insertWindow, keepLatestWindows, openBreaches, putBreach } from './store.ts'

/** The deployment whose service reports, with the snapshot that it was deployed from. */
export type Watched = {
  id: string
  project: string
  name: string
  model: string
  snapshotId: string
  limits: MonitoringSettings
}

type Reported = WindowReport & { id: string }

/**
 * Judges a window by the limits of now and keeps it. A breach is an event where it begins and where it ends, however
 * many windows lie between; a window that overlaps with one in breach, as of another role, ends nothing. Where it begins
 * it calls the drift hooks of the snapshot, once. Told again, a window changes nothing.
 */
export async function recordWindow(
  tx: Tx,
  deps: Deps,
  { deployment, reported }: { deployment: Watched; reported: Reported },
  by: RequestContext,
): Promise<MonitoringWindow> {
  const known = await findWindow(tx, deployment.id, reported.id)
  if (known) return known
  const { level, findings } = judgeDrift(reported.summary, deployment.limits)
  const window = { ...reported, level, findings: [...findings], reportedAt: deps.now().toISOString() }
  await insertWindow(tx, deployment, window)
  await keepLatestWindows(tx, deployment.id, deployment.limits.keepWindows)
  if (level !== 'too-few') await follow(tx, deps, { deployment, window }, by)
  return window
}

async function follow(
  tx: Tx,
  deps: Deps,
  { deployment, window }: { deployment: Watched; window: MonitoringWindow },
  by: RequestContext,
): Promise<void> {
  const open = await openBreaches(tx, {
    project: deployment.project,
    digest: window.digest,
    deploymentId: deployment.id,
  })
  const broken = window.findings.filter(({ level }) => level === 'breach')
  const began: DriftBreach[] = []
  for (const finding of broken) {
    const before = open.find((each) => isSame(each, finding))
    const breach = before ? goesOn(before, finding, window) : newBreach(deps.newId(), finding, window)
    await putBreach(tx, deployment, breach)
    if (!before) began.push(breach)
  }
  const over = open.filter((each) => !broken.some((finding) => isSame(each, finding)))
  const ended = over
    .filter(({ seenUntil }) => window.startedAt >= seenUntil)
    .map((each) => ({ ...each, endedAt: window.endedAt }))
  for (const breach of ended) await putBreach(tx, deployment, breach)
  const about = { deployment, window, hooks: await callHooks(tx, deps, { deployment, window, began }) }
  if (began.length > 0) await tell(tx, deps, { ...about, type: 'deployment.drift-began', breaches: began }, by)
  if (ended.length > 0) await tell(tx, deps, { ...about, type: 'deployment.drift-ended', breaches: ended }, by)
}

/** The names of those that are called. */
async function callHooks(
  tx: Tx,
  deps: Deps,
  { deployment, window, began }: { deployment: Watched; window: MonitoringWindow; began: readonly DriftBreach[] },
): Promise<readonly string[]> {
  if (began.length === 0) return []
  const { id, project, name, model, snapshotId } = deployment
  const { role, number, digest } = window
  const hooked = await driftHooksOf(tx, project, snapshotId)
  const source = { kind: 'deployment' as const, id, name, role, windowId: window.id }
  const notice = noticeOf({ source, model, number, digest, rows: window.summary.rows, at: window.reportedAt }, began)
  return postHookCalls(tx, deps, { hooked, notice, by: { deploymentId: id } })
}

const isSame = (a: Pick<DriftFinding, 'measure' | 'subject' | 'name'>, b: typeof a): boolean =>
  a.measure === b.measure && a.subject === b.subject && a.name === b.name

const newBreach = (
  id: string,
  { level: _, ...finding }: DriftFinding,
  { number, digest, startedAt, endedAt }: MonitoringWindow,
): DriftBreach => ({
  ...{ id, number, digest, ...finding, windows: 1 },
  ...{ beganAt: startedAt, seenUntil: endedAt, endedAt: null },
})

const goesOn = (
  before: DriftBreach,
  { value, limit }: DriftFinding,
  { number, endedAt }: MonitoringWindow,
): DriftBreach => ({
  ...before,
  ...{ number, value, limit, windows: before.windows + 1 },
  seenUntil: endedAt > before.seenUntil ? endedAt : before.seenUntil,
})

type Told = {
  deployment: Watched
  window: MonitoringWindow
  type: 'deployment.drift-began' | 'deployment.drift-ended'
  breaches: readonly DriftBreach[]
  /** Those that were called where it began. */
  hooks: readonly string[]
}

const tell = (tx: Tx, deps: Deps, { deployment, window, type, breaches, hooks }: Told, by: RequestContext) =>
  record(tx, deps, {
    type,
    actor: by.actor,
    requestId: by.requestId,
    project: deployment.project,
    subject: { kind: 'deployment', id: deployment.id, digest: window.digest },
    after: fromJson(
      toJson({
        ...{ window: window.id, number: window.number, role: window.role, rows: window.summary.rows, breaches },
        ...(type === 'deployment.drift-began' && { hooks }),
      }),
    ),
  })
