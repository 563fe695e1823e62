import type { Collection } from '@airlock-ml/contract'
import { withStoreCodes } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { isReferred } from '../artifacts/blob-store.ts'
import { blobKey } from '../artifacts/blobs.ts'
import { record } from '../audit/record.ts'
import type { Db, Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { countUnderWay } from '../promotions/store.ts'
import { type Judged, judgeBlobs } from './needed.ts'
import { artifactsWith, isToRemove, type Kept, markDeleted, markRemoved, toRemove } from './store.ts'

type Wanted = { project: string; olderThanSeconds: number; dryRun: boolean }

/** How many artifacts an answer and its event name; the counts have them all. */
const MAX_NAMED = 200
const MAX_NAMES = 10

/** Bytes that were written within this time may be on their way into the database. */
const MIN_AGE_MS = 60 * 60_000

/**
 * Deletes the bytes that nothing needs, in two steps. First one transaction judges all bytes of the project, marks what is
 * garbage as deleted and writes the event: from then on nobody can refer to it without storing it again. Then the bytes
 * that are marked are removed, some at a time, in transactions that look again. A kill between leaves marks, which the next
 * collection works off, and bytes, which a repair takes for orphans.
 *
 * Content is addressed by its digest, so somebody may be writing the very bytes that are deleted here. Whoever wants bytes
 * either writes them, which makes the file young, or is told that they are there, which makes their row young; both spare
 * them for at least 55 minutes. Whoever writes them then stores their row, in a transaction after this one, which takes the mark away,
 * or before it, which this one sees.
 */
export async function collectArtifacts(
  deps: Deps,
  { project, olderThanSeconds, dryRun }: Wanted,
  by: RequestContext,
): Promise<Collection> {
  const usedSince = new Date(deps.now().getTime() - olderThanSeconds * 1_000).toISOString()
  if (dryRun) return collectionOf(deps.db, project, { dryRun, ...(await judgeBlobs(deps.db, project, { usedSince })) })
  const collection = await transact(deps.db, async (tx) => {
    const judged = await judgeBlobs(tx, project, { usedSince })
    const found = await collectionOf(tx, project, { dryRun, ...judged })
    if (judged.garbage.length === 0) return found
    const digests = judged.garbage.map(({ digest }) => digest)
    await markDeleted(tx, { project, digests }, { at: deps.now().toISOString(), by: by.actor.name })
    await record(tx, deps, {
      type: 'artifact.collected',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'project', id: project },
      after: { ...found.collected, olderThanSeconds, kept: found.kept, artifacts: found.artifacts },
    })
    return found
  })
  await crashPoint('collect:marked')
  return { ...collection, waiting: await removeMarked(deps) }
}

async function collectionOf(
  db: Db,
  project: string,
  { dryRun, garbage, kept }: Judged & { dryRun: boolean },
): Promise<Collection> {
  const shown = garbage.slice(0, MAX_NAMED)
  const names = await artifactsWith(
    db,
    project,
    shown.map(({ digest }) => digest),
  )
  return {
    dryRun,
    collected: amountOf(garbage),
    artifacts: shown.map(({ digest, sizeBytes }) => ({
      digest,
      sizeBytes,
      names: (names.get(digest) ?? []).slice(0, MAX_NAMES),
    })),
    kept: Object.fromEntries([...kept].map(([reason, blobs]) => [reason, amountOf(blobs)])),
    waiting: (await toRemove(db)).length,
  }
}

const amountOf = (blobs: readonly Kept[]) => ({
  count: blobs.length,
  sizeBytes: blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
})

/** How many bytes are removed in one transaction: enough to spare most commits, and few enough to hold nobody up. */
const AT_ONCE = 50

/** Removes all bytes that are marked, and answers with how many have to wait. */
export async function removeMarked(deps: Deps): Promise<number> {
  let waiting = 0
  await withStoreCodes(deps.artifacts, {}, async () => {
    const marked = await toRemove(deps.db)
    for (let from = 0; from < marked.length; from += AT_ONCE) {
      waiting += await removeSome(deps, marked.slice(from, from + AT_ONCE))
      await crashPoint('collect:removed')
    }
  })
  return waiting
}

const removeSome = (deps: Deps, digests: readonly string[]): Promise<number> =>
  transact(deps.db, async (tx) => {
    // An import brings its bytes before its row.
    const isImporting = (await countUnderWay(tx)) > 0
    let waiting = 0
    for (const digest of digests) if (!(await removeBytes(deps, tx, { digest, isImporting }))) waiting++
    return waiting
  })

/** False while somebody may be at work on these bytes. */
async function removeBytes(
  { artifacts, now }: Deps,
  tx: Tx,
  { digest, isImporting }: { digest: string; isImporting: boolean },
): Promise<boolean> {
  // Stored again, or removed by another collection.
  if (!(await isToRemove(tx, digest))) return true
  if (!(await isReferred(tx, digest))) {
    const ageMs = await artifacts.ageMs(blobKey(digest))
    if (ageMs !== null && (ageMs < MIN_AGE_MS || isImporting)) return false
    if (ageMs !== null) await artifacts.delete(blobKey(digest))
    await crashPoint('collect:bytes-removed')
  }
  await markRemoved(tx, digest, now().toISOString())
  return true
}
