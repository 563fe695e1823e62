import type { ComputedBy, LineageSource, SnapshotSpec } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

/** What a version stands on, or is known by elsewhere. */
export type RefKind = 'run' | 'artifact' | 'snapshot' | 'commit' | 'bundle'
export type VersionRef = { kind: RefKind; ref: string }

export type LineageTables = {
  version_refs: { project: string; ref: string; kind: RefKind; version_id: string }
}

declare module '../db/tables.ts' {
  interface Tables extends LineageTables {}
}

const ROWS_AT_ONCE = 500

/** Remembers what a version stands on, so that any of it leads to the version by one look-up. */
export async function insertRefs(
  tx: Tx,
  { project, versionId }: { project: string; versionId: string },
  refs: readonly VersionRef[],
): Promise<void> {
  for (let from = 0; from < refs.length; from += ROWS_AT_ONCE)
    await tx
      .insertInto('version_refs')
      .values(refs.slice(from, from + ROWS_AT_ONCE).map((each) => ({ project, version_id: versionId, ...each })))
      .onConflict((c) => c.doNothing())
      .execute()
}

/** The newest versions that stand on something, newest first, and what kind of thing it is to them. */
export const versionsOn = (
  db: Db,
  { project, ref, limit }: { project: string; ref: string; limit: number },
): Promise<{ kind: RefKind; versionId: string }[]> =>
  db
    .selectFrom('version_refs')
    .select(['kind', 'version_id as versionId'])
    .where('project', '=', project)
    .where('ref', '=', ref)
    .orderBy('version_id', 'desc')
    .limit(limit)
    .execute()

/** The versions a bundle is of, in any project. */
export const exportsOf = (db: Db, bundleDigest: string): Promise<{ project: string; versionId: string }[]> =>
  db
    .selectFrom('version_refs')
    .select(['project', 'version_id as versionId'])
    .where('project', 'in', (e) => e.selectFrom('projects').select('name'))
    .where('ref', '=', bundleDigest)
    .where('kind', '=', 'bundle')
    .execute()

/** The runs that computed what a run took over, by their id. */
export async function computedBy(db: Db, runId: string): Promise<Map<string, ComputedBy>> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('snapshots', 'snapshots.id', 'runs.snapshot_id')
    .select(['runs.id', 'runs.pipeline', 'runs.started_by', 'runs.started_at', 'snapshots.digest', 'snapshots.spec'])
    .where('runs.id', 'in', (e) => e.selectFrom('step_runs').select('cached_from').where('run_id', '=', runId))
    .execute()
  return new Map(
    rows.map((row) => {
      const { code } = fromJson<SnapshotSpec>(row.spec)
      const { id, pipeline, started_by: startedBy, started_at: startedAt, digest: snapshotDigest } = row
      const { digest: codeDigest, commit, dirty } = code
      return [id, { runId: id, pipeline, startedBy, startedAt, snapshotDigest, codeDigest, commit, dirty }]
    }),
  )
}

/** Artifacts that steps read, with the commit that each was computed from. */
const readArtifacts = (db: Db) =>
  db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions as read', 'read.id', 'step_inputs.artifact_id')
    .leftJoin('step_runs as maker', (join) =>
      join.onRef('maker.run_id', '=', 'read.run_id').onRef('maker.name', '=', 'read.step'),
    )
    // What was taken from another run was computed there.
    .leftJoin('runs as computer', (join) =>
      join.on('computer.id', '=', (e) => e.fn.coalesce('maker.cached_from', 'maker.run_id')),
    )
    .leftJoin('snapshots', 'snapshots.id', 'computer.snapshot_id')
    .select([
      'read.id',
      'read.name',
      'read.version',
      'read.digest',
      'read.run_id as runId',
      'snapshots.git_commit as commit',
    ])
    .distinct()

export const artifactsReadBy = (db: Db, runId: string): Promise<LineageSource[]> =>
  readArtifacts(db).where('step_inputs.run_id', '=', runId).execute()

/** What the steps read that made some artifacts. */
export async function inputsOfMakers(db: Db, artifactIds: readonly string[]): Promise<LineageSource[]> {
  const found: LineageSource[] = []
  for (let from = 0; from < artifactIds.length; from += ROWS_AT_ONCE)
    found.push(
      ...(await readArtifacts(db)
        .innerJoin('artifact_versions as made', (join) =>
          join.onRef('made.run_id', '=', 'step_inputs.run_id').onRef('made.step', '=', 'step_inputs.step'),
        )
        .where('made.id', 'in', artifactIds.slice(from, from + ROWS_AT_ONCE))
        .execute()),
    )
  return found
}
