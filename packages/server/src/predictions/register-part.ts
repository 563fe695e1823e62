import { createHmac } from 'node:crypto'
import { PlatformError, type PredictionPart, predictionPart } from '@airlock-ml/contract'
import { noBlob, readBlob, wantBlob } from '../artifacts/blobs.ts'
import type { Db, Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import { countAnswered } from '../deployments/answered-store.ts'
import { type DeploymentPath, ownDeployment } from '../deployments/existing.ts'
import type { DeploymentWish } from '../deployments/store.ts'
import { inputsKeyOf } from '../deployments/target.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findVersion } from '../models/version-store.ts'
import { inspectPart, invalid, type PartFile, timeOf } from './part-file.ts'
import { countKeys, findPart, type IndexedPart, insertPart, shownPart } from './store.ts'
import { erasedSubjects, insertKeys } from './subject-store.ts'

export type WantedPart = {
  id: string
  digest: string
  subjects: readonly { subject: string; key: string; firstAt: string }[]
}

/** A clock of the service may be so far ahead. */
const MOST_AHEAD_MS = 5 * 60_000

/** How a subject is called in the log of a deployment: nobody without the workspace's secret can try names. */
export const subjectDigest = (pepper: Uint8Array, deploymentId: string, subject: string): string =>
  createHmac('sha256', Buffer.from(inputsKeyOf(pepper, deploymentId), 'base64'))
    .update(subject)
    .digest('hex')

/**
 * Takes a stored part of a prediction log into the index, with the keys of its subjects, once: a part is known by its
 * id. What it says is checked against its rows and against the versions of the model.
 * @throws PlatformError `deployment_not_found`, `forbidden`, `blob_not_found`, `blob_damaged`, `prediction_part_invalid`,
 * `prediction_part_differs`
 */
export async function registerPart(
  deps: Deps,
  { id, digest, subjects, ...path }: DeploymentPath & WantedPart,
  by: RequestContext,
): Promise<PredictionPart> {
  const wish = await ownDeployment(deps.db, path, by)
  const known = await knownPart(deps.db, { id, digest, deploymentId: wish.id })
  if (known) return known
  const { project } = wish
  const blob = await wantBlob(deps, { project, digest })
  if (!blob) throw await noBlob(deps.db, { project, digest })
  if (blob.sizeBytes > predictionPart.mostBytes) throw invalid(`it is larger than ${predictionPart.mostBytes} bytes`)
  const file = await inspectPart(await readBlob(deps, { project, digest }))
  await demandSound(deps, wish, { file, subjects })
  return transact(deps.db, async (tx) => {
    const raced = await knownPart(tx, { id, digest, deploymentId: wish.id })
    if (raced) return raced
    const part: IndexedPart = {
      ...{ id, project, deploymentId: wish.id, digest, sizeBytes: blob.sizeBytes, rows: file.rows },
      ...{ firstId: file.firstId, lastId: file.lastId, layout: file.layout },
      firstAt: new Date(file.firstAtMs).toISOString(),
      lastAt: new Date(file.lastAtMs).toISOString(),
      registeredAt: deps.now().toISOString(),
      removedAt: null,
    }
    await insertPart(tx, part)
    await countAnswered(tx, wish.id, file.versions)
    return shownPart(part, await keepKeys(tx, part, subjects))
  })
}

async function knownPart(
  db: Db,
  { id, digest, deploymentId }: { id: string; digest: string; deploymentId: string },
): Promise<PredictionPart | null> {
  const part = await findPart(db, id)
  if (!part) return null
  if (part.digest !== digest || part.deploymentId !== deploymentId)
    throw new PlatformError(
      'prediction_part_differs',
      `The part ${id} was registered at ${part.registeredAt} with other bytes.`,
    )
  return shownPart(part, (await countKeys(db, [id])).get(id) ?? 0)
}

async function demandSound(
  { db, now }: Deps,
  wish: DeploymentWish,
  { file, subjects }: { file: PartFile; subjects: WantedPart['subjects'] },
): Promise<void> {
  if (Math.max(timeOf(file.lastId), file.lastAtMs) > now().getTime() + MOST_AHEAD_MS)
    throw invalid('its predictions lie in the future')
  for (const { number, digest } of file.versions) {
    const version = Number.isSafeInteger(number) ? await findVersion(db, wish, { number }) : undefined
    if (version?.digest !== digest) throw invalid(`${wish.model} has no version ${number} with the digest ${digest}`)
  }
  const named = new Set(subjects.map(({ subject }) => subject))
  if (
    named.size !== subjects.length ||
    named.size !== file.subjects.size ||
    [...named].some((each) => !file.subjects.has(each))
  )
    throw invalid('the keys are not those of its subjects')
}

/** Keeps the keys of subjects that were not erased since their first prediction in the part. */
async function keepKeys(tx: Tx, { id, deploymentId }: IndexedPart, subjects: WantedPart['subjects']): Promise<number> {
  if (subjects.length === 0) return 0
  const erased = await erasedSubjects(tx, deploymentId)
  const kept = subjects.filter(({ subject, firstAt }) => (erased.get(subject) ?? '') < firstAt)
  await insertKeys(
    tx,
    kept.map(({ subject, key }) => ({ deployment_id: deploymentId, subject, part_id: id, key })),
  )
  return kept.length
}
