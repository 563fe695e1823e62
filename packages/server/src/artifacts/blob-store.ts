import type { Blob } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { prepared } from '../db/prepared.ts'

export type BlobTables = {
  blobs: {
    project: string
    digest: string
    size_bytes: number
    created_at: string
    /** When somebody last stored these bytes or asked whether they are here. */
    wanted_at: string
    deleted_at: string | null
    deleted_by: string | null
    removed_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends BlobTables {}
}

/** Bytes of a project that are not deleted. */
export async function findBlob(
  db: Db,
  project: string,
  digest: string,
): Promise<(Blob & { wantedAt: string }) | undefined> {
  const row = await findBlobRow(db, project, digest)
  if (!row || row.deleted_at !== null) return undefined
  return { digest: row.digest, sizeBytes: Number(row.size_bytes), wantedAt: row.wanted_at }
}

/** Bytes of a project, deleted ones too. */
export const findBlobRow = async (db: Db, project: string, digest: string): Promise<BlobTables['blobs'] | undefined> =>
  (await blobRows(db, { project, digest })).rows[0]

const blobRows = prepared((db, { project, digest }: { project: string; digest: string }) =>
  db.selectFrom('blobs').selectAll().where('project', '=', project).where('digest', '=', digest),
)

/** Refers to bytes that were stored just now; what was deleted is there again. */
export const insertBlob = (tx: Tx, project: string, { digest, sizeBytes, createdAt }: Blob & { createdAt: string }) =>
  tx
    .insertInto('blobs')
    .values({ project, digest, size_bytes: sizeBytes, created_at: createdAt, wanted_at: createdAt })
    .onConflict((c) =>
      c
        .columns(['project', 'digest'])
        .doUpdateSet({ wanted_at: createdAt, deleted_at: null, deleted_by: null, removed_at: null }),
    )
    .execute()

/** Notes that somebody wants bytes that are here; answers whether they still were. */
export async function touchBlob(tx: Tx, project: string, { digest, at }: { digest: string; at: string }) {
  const { numUpdatedRows } = await tx
    .updateTable('blobs')
    .set({ wanted_at: at })
    .where('project', '=', project)
    .where('digest', '=', digest)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether any project of the workspace refers to bytes. */
export const isReferred = async (db: Db, digest: string): Promise<boolean> =>
  (await db
    .selectFrom('blobs')
    .select('digest')
    .where('digest', '=', digest)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()) !== undefined

/** The digests that any project of the workspace refers to, with their sizes. */
export async function allBlobs(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('blobs')
    .select(['digest', 'size_bytes'])
    .where('deleted_at', 'is', null)
    .distinct()
    .execute()
  return new Map(rows.map((row) => [row.digest, Number(row.size_bytes)]))
}

/** What was deleted, as `project/digest`. */
export async function deletedBlobs(db: Db): Promise<Set<string>> {
  const query = db.selectFrom('blobs').select(['project', 'digest']).where('deleted_at', 'is not', null)
  return new Set((await query.execute()).map(({ project, digest }) => `${project}/${digest}`))
}
