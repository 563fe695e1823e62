import type { Finding, WorkspaceRepair } from '@airlock-ml/contract'
import { withStoreCodes } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findOrphans } from './orphans.ts'

/** How many findings an event names; its counts have them all. */
const MAX_NAMED = 200

/**
 * Removes what nothing needs, and spares what may be in flight. First an event says what is about to be removed, then each
 * thing is looked at again and removed, then an event says what was: a kill leaves the first, and the repair is run again.
 * A dry run says what it would do. Nothing to remove is no event.
 * @throws PlatformError `exchange_unreachable`
 */
export async function repairWorkspace(
  deps: Deps,
  { dryRun }: { dryRun: boolean },
  by: RequestContext,
): Promise<WorkspaceRepair> {
  const orphans = await findOrphans(deps)
  const wanted = orphans.filter(({ isSpared }) => !isSpared)
  const spared = orphans.filter(({ isSpared }) => isSpared).map(({ finding }) => finding)
  if (dryRun || wanted.length === 0) return resultOf({ dryRun, removed: wanted.map(({ finding }) => finding), spared })
  const about = wanted.map(({ finding }) => finding)
  await told(deps, { type: 'workspace.repair-begun', findings: about }, by)
  await crashPoint('repair:begun')
  const removed: Finding[] = []
  await withStoreCodes(deps.exchange, { unreachable: 'exchange_unreachable' }, async () => {
    for (const { finding, remove } of wanted) {
      if (await remove()) removed.push(finding)
      else spared.push(finding)
      await crashPoint('repair:removed')
    }
  })
  await told(deps, { type: 'workspace.repaired', findings: removed }, by)
  await crashPoint('repair:recorded')
  return resultOf({ dryRun, removed, spared })
}

const told = (deps: Deps, { type, findings }: { type: string; findings: readonly Finding[] }, by: RequestContext) =>
  transact(deps.db, (tx) =>
    record(tx, deps, {
      type,
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'workspace', id: deps.workspace.name },
      after: {
        count: findings.length,
        sizeBytes: sizeOf(findings),
        findings: findings
          .slice(0, MAX_NAMED)
          .map(({ kind, subject, sizeBytes = 0 }) => ({ kind, subject, sizeBytes })),
      },
    }),
  )

const resultOf = (repair: Omit<WorkspaceRepair, 'sizeBytes'>): WorkspaceRepair => ({
  ...repair,
  sizeBytes: sizeOf(repair.removed),
})

const sizeOf = (findings: readonly Finding[]): number => findings.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0)
