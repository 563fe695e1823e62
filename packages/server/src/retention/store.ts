import type { Db, Tx } from '../db/db.ts'

/** Bytes of a project that are not deleted, and when they were last made, stored, asked for or read. */
export type Kept = { digest: string; sizeBytes: number; usedAt: string }

export async function liveBlobs(db: Db, project: string): Promise<Kept[]> {
  const blobs = await db
    .selectFrom('blobs')
    .select(['digest', 'size_bytes', 'wanted_at'])
    .where('project', '=', project)
    .where('deleted_at', 'is', null)
    .orderBy('digest')
    .execute()
  const made = await db
    .selectFrom('artifact_versions')
    .select((e) => ['digest', e.fn.max('created_at').as('at')])
    .where('project', '=', project)
    .groupBy('digest')
    .execute()
  const read = await db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
    .innerJoin('runs', 'runs.id', 'step_inputs.run_id')
    .select((e) => ['artifact_versions.digest', e.fn.max('runs.started_at').as('at')])
    .where('artifact_versions.project', '=', project)
    .groupBy('artifact_versions.digest')
    .execute()
  const used = new Map(blobs.map(({ digest, wanted_at }) => [digest, wanted_at]))
  for (const { digest, at } of [...made, ...read]) if (at > (used.get(digest) ?? '')) used.set(digest, at)
  return blobs.map(({ digest, size_bytes }) => ({
    digest,
    sizeBytes: Number(size_bytes),
    usedAt: used.get(digest)!,
  }))
}

/** How many digests one statement names. */
const AT_ONCE = 500

export async function markDeleted(
  tx: Tx,
  { project, digests }: { project: string; digests: readonly string[] },
  { at, by }: { at: string; by: string },
): Promise<void> {
  for (let from = 0; from < digests.length; from += AT_ONCE)
    await tx
      .updateTable('blobs')
      .set({ deleted_at: at, deleted_by: by, removed_at: null })
      .where('project', '=', project)
      .where('digest', 'in', digests.slice(from, from + AT_ONCE))
      .execute()
}

/** Bytes that are deleted and were not removed yet, in any project: what a kill left, too. */
export const toRemove = async (db: Db): Promise<string[]> =>
  (
    await db
      .selectFrom('blobs')
      .select('digest')
      .distinct()
      .where('deleted_at', 'is not', null)
      .where('removed_at', 'is', null)
      .execute()
  ).map(({ digest }) => digest)

/** Whether bytes still wait to be removed; they may have been stored again meanwhile. */
export const isToRemove = async (tx: Tx, digest: string): Promise<boolean> =>
  (await tx
    .selectFrom('blobs')
    .select('digest')
    .where('digest', '=', digest)
    .where('deleted_at', 'is not', null)
    .where('removed_at', 'is', null)
    .executeTakeFirst()) !== undefined

export const markRemoved = (tx: Tx, digest: string, at: string) =>
  tx
    .updateTable('blobs')
    .set({ removed_at: at })
    .where('digest', '=', digest)
    .where('deleted_at', 'is not', null)
    .execute()

/** Which artifacts have these bytes, as `customers/3`. */
export async function artifactsWith(
  db: Db,
  project: string,
  digests: readonly string[],
): Promise<Map<string, string[]>> {
  if (digests.length === 0) return new Map()
  const rows = await db
    .selectFrom('artifact_versions')
    .select(['digest', 'name', 'version'])
    .distinct()
    .where('project', '=', project)
    .where('digest', 'in', digests)
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute()
  const of = Map.groupBy(rows, ({ digest }) => digest)
  return new Map([...of].map(([digest, each]) => [digest, each.map(({ name, version }) => `${name}/${version}`)]))
}
