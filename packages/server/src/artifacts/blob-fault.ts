import type { Blob } from '@airlock-ml/contract'
import { hashBody, ObjectStoreError } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { findBlobRow } from './blob-store.ts'
import { blobKey, deletedBy } from './blobs.ts'

/** Larger bytes are only measured here; whoever reads them checks their digest. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024

/** What is wrong with bytes as they lie in the artifact store, as `is gone from …`; null when they are what they were. */
export async function blobFault(
  { artifacts, db }: Pick<Deps, 'artifacts' | 'db'>,
  { project, digest, sizeBytes }: Blob & { project: string },
): Promise<string | null> {
  const row = await findBlobRow(db, project, digest)
  return row?.deleted_at ? `is deleted: its bytes ${deletedBy(row)}` : storedFault({ artifacts }, { digest, sizeBytes })
}

/** The same of bytes that the database is known to refer to. */
export async function storedFault(
  { artifacts }: Pick<Deps, 'artifacts'>,
  { digest, sizeBytes }: Blob,
): Promise<string | null> {
  const key = blobKey(digest)
  try {
    const info = await artifacts.stat(key)
    if (!info) return 'is gone from the artifact store'
    if (!info.isRegular || info.sizeBytes !== sizeBytes) return 'is damaged: it has another size in the artifact store'
    if (sizeBytes > MAX_HASHED_BYTES) return null
    const { sha256 } = await hashBody(await artifacts.read(key))
    return sha256 === digest ? null : 'is damaged: its bytes in the artifact store have another SHA-256'
  } catch (error) {
    if (!(error instanceof ObjectStoreError)) throw error
    return `cannot be read from the artifact store: ${error.message}`
  }
}
