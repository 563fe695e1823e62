import { PlatformError, type Recall, type RecallResult, type RecallTarget } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import type { Db } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findOwnRecall, findRecall, insertRecall } from '../marks/store.ts'
import { existingVersion } from '../models/existing.ts'
import { markReached } from './mark-reached.ts'
import { postNotice } from './publish.ts'
import { reachOf } from './reach.ts'

type Wanted = { project: string; target: RecallTarget; reason: string; dryRun: boolean }

/**
 * Recalls a version, the bytes of an artifact or a commit: marks every version here that descends from it, and stands
 * from then on against whatever is registered or comes in; other workspaces hear of it. What holds a stage goes on holding it; the answer names it.
 * The same again answers with the standing recall. A dry run says what it would reach.
 * @throws PlatformError `model_not_found`, `model_version_not_found`
 */
export async function recall(deps: Deps, wanted: Wanted, by: RequestContext): Promise<RecallResult> {
  const { dryRun } = wanted
  if (dryRun) {
    const { standing, drafted } = await draft(deps.db, deps, wanted, by)
    return resultOf(await reachOf(deps.db, deps, standing ?? drafted), { dryRun, recall: standing ?? null })
  }
  const issued = await transact(deps.db, async (tx) => {
    const { standing, drafted, target } = await draft(tx, deps, wanted, by)
    const recalled = standing ?? drafted
    const { all, counts, holders } = await reachOf(tx, deps, recalled)
    if (!standing) {
      await insertRecall(tx, recalled, { target, person: by.actor.person })
      await postNotice(tx, deps, { recallId: recalled.id, act: 'issued' })
      await record(tx, deps, {
        type: 'recall.issued',
        actor: by.actor,
        requestId: by.requestId,
        project: wanted.project,
        subject: { kind: 'recall', id: recalled.id, ...(recalled.digest && { digest: recalled.digest }) },
        after: { kind: recalled.kind, target, counts, holders },
        reason: wanted.reason,
      })
    }
    await markReached(tx, deps, { recall: recalled, versions: all }, by)
    return resultOf(await reachOf(tx, deps, recalled), { dryRun, recall: recalled })
  })
  await crashPoint('recall:issued')
  return issued
}

/**
 * A recall, and what it reaches now.
 * @throws PlatformError `recall_not_found`
 */
export async function showRecall(
  deps: Pick<Deps, 'db' | 'workspace'>,
  project: string,
  id: string,
): Promise<RecallResult> {
  const found = await findRecall(deps.db, project, { id })
  if (!found) throw new PlatformError('recall_not_found', `The project ${project} has no recall ${id}.`)
  return resultOf(await reachOf(deps.db, deps, found.recall), { dryRun: false, recall: found.recall })
}

const resultOf = (
  { all: _, ...reach }: Awaited<ReturnType<typeof reachOf>>,
  about: Pick<RecallResult, 'dryRun' | 'recall'>,
): RecallResult => ({ ...about, reach })

async function draft(
  db: Db,
  deps: Pick<Deps, 'now' | 'newId' | 'workspace'>,
  { project, target, reason }: Wanted,
  by: RequestContext,
): Promise<{ standing: Recall | undefined; drafted: Recall; target: string }> {
  const named = await nameOf(db, project, target)
  const standing = await findOwnRecall(db, project, named)
  const { target: name, ...what } = named
  const nothing = { model: null, number: null, source: null, digest: null, commit: null }
  const at = deps.now().toISOString()
  const id = deps.newId()
  const origin = { workspace: deps.workspace.name, recallId: id }
  const drafted: Recall = {
    ...nothing,
    ...what,
    id,
    project,
    reason,
    at,
    by: by.actor.name,
    origin,
    lifted: null,
  }
  return { standing, drafted, target: name }
}

async function nameOf(db: Db, project: string, target: RecallTarget) {
  if ('commit' in target) return { kind: 'commit' as const, target: target.commit, commit: target.commit }
  if ('artifact' in target) return { kind: 'artifact' as const, target: target.artifact, digest: target.artifact }
  const { model, number, digest, source } = await existingVersion(db, { project, model: target.model }, target)
  return {
    kind: 'version' as const,
    target: `${source.workspace}/${model}/${source.number}`,
    model,
    number,
    digest,
    source: { workspace: source.workspace, number: source.number },
  }
}
