import { type Blob, PlatformError } from '@airlock-ml/contract'
import { type Body, type ObjectStore, ObjectStoreError, readWhole, sha256Hex, withStoreCodes } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { Db, Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { findBlob, findBlobRow, insertBlob, isReferred, touchBlob } from './blob-store.ts'

/** Where the bytes with a digest lie in the artifact store. */
export const blobKey = (digest: string): string => `blobs/${digest.slice(0, 2)}/${digest}`

/**
 * Stores bytes under the SHA-256 the caller gives for them, hashing them on the way; first the bytes, then the row
 * that refers to them. Who sends bytes that are here already still has to send them all.
 * @throws PlatformError `blob_digest_mismatch`, `store_full`
 */
export async function putBlob(
  deps: Deps,
  { project, digest }: { project: string; digest: string },
  body: Body,
): Promise<Blob> {
  // What lies there is replaced: it may be damaged, and what is young no repair takes for an orphan.
  const { sizeBytes } = await deps.artifacts.write(blobKey(digest), body, { sha256: digest }).catch(asCallersSee)
  await crashPoint('artifact:blob-stored')
  const blob = { digest, sizeBytes }
  if (!(await wantBlob(deps, { project, digest })))
    await transact(deps.db, async (tx) => {
      await insertBlob(tx, project, { ...blob, createdAt: deps.now().toISOString() })
      // In the transaction: a repair removes bytes in one, too, so that one of the two sees the other.
      if (!(await deps.artifacts.stat(blobKey(digest))))
        throw new PlatformError('database_busy', `The bytes ${digest} were removed at the same moment.`)
    })
  return blob
}

/** That somebody wanted bytes is noted this often. Garbage collection spares for an hour what was noted. */
const WANTED_MS = 5 * 60_000

/**
 * Bytes that are here, noting that somebody wants them: whoever hears that they are here sends none, and relies on
 * finding them when what is made of them is recorded.
 */
export async function wantBlob(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  { project, digest }: { project: string; digest: string },
): Promise<Blob | undefined> {
  const found = await findBlob(db, project, digest)
  if (!found) return undefined
  const { wantedAt, ...blob } = found
  const at = now()
  if (at.getTime() - Date.parse(wantedAt) < WANTED_MS) return blob
  const isHere = await transact(db, (tx) => touchBlob(tx, project, { digest, at: at.toISOString() }))
  return isHere ? blob : undefined
}

/** Removes bytes that nothing refers to; false when something does, or they are younger than `minAgeMs`. */
export const removeOrphan = (
  deps: Deps,
  { digest, minAgeMs }: { digest: string; minAgeMs: number },
  isSpared: (tx: Tx) => Promise<boolean>,
): Promise<boolean> =>
  transact(deps.db, async (tx) => {
    const ageMs = await deps.artifacts.ageMs(blobKey(digest))
    if (ageMs === null || ageMs < minAgeMs || (await isReferred(tx, digest)) || (await isSpared(tx))) return false
    await deps.artifacts.delete(blobKey(digest))
    return true
  })

/**
 * Opens bytes of a project. Whoever reads them checks their digest.
 * @throws PlatformError `blob_not_found`, `blob_damaged` when the row is there and the bytes are not
 */
export async function openBlob(deps: Deps, { project, digest }: { project: string; digest: string }): Promise<Body> {
  if (!(await findBlob(deps.db, project, digest))) throw await noBlob(deps.db, { project, digest })
  return withStoreCodes(deps.artifacts, { not_found: 'blob_damaged' }, () => deps.artifacts.read(blobKey(digest)))
}

/** The error for bytes that a project does not have, or no longer. */
export async function noBlob(db: Db, { project, digest }: { project: string; digest: string }): Promise<PlatformError> {
  const row = await findBlobRow(db, project, digest)
  const message = row?.deleted_at
    ? `The bytes ${digest} of ${project} ${deletedBy(row)}.`
    : `The project ${project} has no bytes ${digest}.`
  return new PlatformError('blob_not_found', message, { digest })
}

export const deletedBy = (row: { deleted_at: string | null; deleted_by: string | null }): string =>
  `were deleted at ${row.deleted_at}, when ${row.deleted_by} collected garbage`

const MAX_WHOLE_BYTES = 1024 * 1024 * 1024

/**
 * Bytes of a project in memory, checked against their digest.
 * @throws PlatformError `blob_not_found`, `blob_damaged`
 */
export async function readBlob(deps: Deps, where: { project: string; digest: string }): Promise<Uint8Array> {
  const tooLong = () =>
    new PlatformError('blob_damaged', `The bytes ${where.digest} are larger than ${MAX_WHOLE_BYTES} bytes.`)
  const bytes = await readWhole(await openBlob(deps, where), MAX_WHOLE_BYTES, tooLong)
  if (sha256Hex(bytes) !== where.digest)
    throw new PlatformError('blob_damaged', `The bytes stored as ${where.digest} have another SHA-256.`)
  return bytes
}

/**
 * Some of the bytes of a project, checked against the SHA-256 that is known of them.
 * @throws PlatformError `blob_not_found`, `blob_damaged`
 */
export async function readBlobRange(
  deps: Deps,
  { project, digest }: { project: string; digest: string },
  { from, to, sha256 }: { from: number; to: number; sha256: string },
): Promise<Uint8Array> {
  if (!(await findBlob(deps.db, project, digest))) throw await noBlob(deps.db, { project, digest })
  const bytes = await withStoreCodes(deps.artifacts, { not_found: 'blob_damaged' }, () =>
    deps.artifacts.readRange(blobKey(digest), { from, to }),
  )
  if (sha256Hex(bytes) === sha256) return bytes
  throw new PlatformError(
    'blob_damaged',
    `The bytes ${from} to ${to} of what is stored as ${digest} are others than they were.`,
  )
}

/**
 * Copies bytes of a project into a store of its own under a name, checked against their digest.
 * @throws PlatformError `blob_not_found`, `blob_damaged`, `store_full`
 */
export async function copyBlob(
  deps: Deps,
  where: { project: string; digest: string },
  to: { store: ObjectStore; name: string },
): Promise<void> {
  const body = await openBlob(deps, where)
  await to.store.write(to.name, body, { sha256: where.digest }).catch((error: unknown) => {
    if (!(error instanceof ObjectStoreError) || error.reason !== 'digest_mismatch') throw error
    const message = `The bytes stored as ${where.digest} have another SHA-256.`
    throw new PlatformError('blob_damaged', message, {}, { cause: error })
  })
}

/** A refusal as the caller may see it: without where the store lies. */
function asCallersSee(error: unknown): never {
  if (!(error instanceof ObjectStoreError) || error.reason !== 'digest_mismatch') throw error
  const { expected = null, actual = null } = error.details
  const message = `The bytes have the SHA-256 ${actual}, not ${expected}; nothing was kept.`
  throw new PlatformError('blob_digest_mismatch', message, { expected, actual }, { cause: error })
}
