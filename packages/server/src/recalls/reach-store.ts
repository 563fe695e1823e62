import type { Recall } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import type { Candidate } from '../marks/candidate.ts'

const AT_ONCE = 500

/** Asks in portions that every database takes, and gathers what is new. */
async function gather<T>(keys: readonly string[], ask: (some: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let from = 0; from < keys.length; from += AT_ONCE) found.push(...(await ask(keys.slice(from, from + AT_ONCE))))
  return found
}

/** The versions that a recall names by itself: by their source or bytes, or by what they are known to stand on. */
export async function versionIdsOf(db: Db, recall: Recall): Promise<string[]> {
  const { project, kind, model, source, digest, commit } = recall
  if (kind !== 'version') return versionIdsOn(db, { project, kind, refs: [digest ?? commit!] })
  const rows = await db
    .selectFrom('model_versions')
    .select('id')
    .where('project', '=', project)
    .where('model', '=', model!)
    .where((e) =>
      e.or([
        e('digest', '=', digest!),
        e.and([e('source_workspace', '=', source!.workspace), e('source_number', '=', source!.number)]),
      ]),
    )
    .execute()
  return rows.map(({ id }) => id)
}

/** The versions that stand on runs, artifacts or commits, by the lineage that was kept when they were registered. */
export const versionIdsOn = (
  db: Db,
  { project, kind, refs }: { project: string; kind: 'run' | 'artifact' | 'commit'; refs: readonly string[] },
): Promise<string[]> =>
  gather(refs, async (some) => {
    const query = db.selectFrom('version_refs').select('version_id').where('project', '=', project)
    const rows = await query.where('kind', '=', kind).where('ref', 'in', some).execute()
    return rows.map((row) => row.version_id)
  })

/** The artifacts that a recall names: those with its bytes, or those that runs of its commit made. */
export async function artifactIdsOf(db: Db, { project, kind, digest, commit }: Recall): Promise<string[]> {
  if (kind === 'version') return []
  const all = db.selectFrom('artifact_versions').select('artifact_versions.id')
  const query =
    kind === 'artifact'
      ? all.where('artifact_versions.digest', '=', digest!)
      : all
          .innerJoin('runs', 'runs.id', 'artifact_versions.run_id')
          .innerJoin('snapshots', 'snapshots.id', 'runs.snapshot_id')
          .where('snapshots.git_commit', '=', commit!)
  return (await query.where('artifact_versions.project', '=', project).execute()).map(({ id }) => id)
}

/** What the steps made that read some artifacts. */
export const outputsOfReaders = (db: Db, artifactIds: readonly string[]): Promise<string[]> =>
  gather(artifactIds, async (some) => {
    const rows = await db
      .selectFrom('step_inputs')
      .innerJoin('artifact_versions', (join) =>
        join
          .onRef('artifact_versions.run_id', '=', 'step_inputs.run_id')
          .onRef('artifact_versions.step', '=', 'step_inputs.step'),
      )
      .select('artifact_versions.id')
      .distinct()
      .where('step_inputs.artifact_id', 'in', some)
      .execute()
    return rows.map(({ id }) => id)
  })

/** The same bytes in the runs that took them over from the run that made them. */
export const copiesOf = (db: Db, artifactIds: readonly string[]): Promise<string[]> =>
  gather(artifactIds, async (some) => {
    const rows = await db
      .selectFrom('artifact_versions as made')
      .innerJoin('step_runs', (join) =>
        join.onRef('step_runs.cached_from', '=', 'made.run_id').onRef('step_runs.name', '=', 'made.step'),
      )
      .innerJoin('artifact_versions as copy', (join) =>
        join
          .onRef('copy.run_id', '=', 'step_runs.run_id')
          .onRef('copy.step', '=', 'made.step')
          .onRef('copy.output', '=', 'made.output'),
      )
      .select('copy.id')
      .distinct()
      .where('made.id', 'in', some)
      .execute()
    return rows.map(({ id }) => id)
  })

/** The runs that read or made some artifacts. */
export const runIdsTouching = (db: Db, artifactIds: readonly string[]): Promise<string[]> =>
  gather(artifactIds, async (some) => {
    const readers = await db.selectFrom('step_inputs').select('run_id').where('artifact_id', 'in', some).execute()
    const makers = await db.selectFrom('artifact_versions').select('run_id').where('id', 'in', some).execute()
    return [...readers, ...makers].flatMap(({ run_id: id }) => (id === null ? [] : [id]))
  })

/** The runs that used or imported a version. */
export const runIdsOfVersion = async (
  db: Db,
  { project, model, number }: { project: string; model: string; number: number },
): Promise<string[]> =>
  (
    await db
      .selectFrom('runs')
      .select('id')
      .where('project', '=', project)
      .where('model_name', '=', model)
      .where('model_number', '=', number)
      .execute()
  ).map(({ id }) => id)

export const findRuns = (db: Db, ids: readonly string[]) =>
  gather(ids, (some) =>
    db
      .selectFrom('runs')
      .select(['id', 'pipeline', 'status', 'started_at as startedAt', 'model_action as action'])
      .where('id', 'in', some)
      .orderBy('id')
      .execute(),
  )

export const findArtifacts = (db: Db, ids: readonly string[]) =>
  gather(ids, (some) =>
    db.selectFrom('artifact_versions').select(['id', 'name', 'version', 'digest']).where('id', 'in', some).execute(),
  )

/** The bundles that some versions were exported in or came in. */
export const bundlesOf = (db: Db, versionIds: readonly string[]) =>
  gather(versionIds, (some) =>
    db
      .selectFrom('version_refs')
      .innerJoin('model_versions', 'model_versions.id', 'version_refs.version_id')
      .select(['version_refs.ref as digest', 'model_versions.model', 'model_versions.number'])
      .where('version_refs.kind', '=', 'bundle')
      .where('version_refs.version_id', 'in', some)
      .execute(),
  )

/** The comparisons that some runs made, or that one of some versions is a side of, by its bytes. */
export async function comparisonsOn(
  db: Db,
  project: string,
  { runIds, digests }: { runIds: readonly string[]; digests: readonly string[] },
) {
  const all = () =>
    db
      .selectFrom('comparisons')
      .select([
        'run_id as runId',
        'workspace',
        'model',
        'champion_number as champion',
        'challenger_number as challenger',
      ])
      .where('project', '=', project)
  const made = await gather(runIds, (some) => all().where('run_id', 'in', some).execute())
  const sides = await gather(digests, (some) =>
    all()
      .where((e) => e.or([e('champion_digest', 'in', some), e('challenger_digest', 'in', some)]))
      .execute(),
  )
  const known = new Map([...made, ...sides].map((each) => [`${each.workspace}/${each.runId}`, each]))
  return [...known.values()].sort((a, b) => (a.runId < b.runId ? 1 : -1))
}

/** The promotions of a project that have not ended, with what their bundles descend from. */
export async function openPromotions(db: Db, project: string) {
  const rows = await db
    .selectFrom('promotions')
    .select(['id', 'model', 'stage', 'state', 'candidate'])
    .where('project', '=', project)
    .where('state', 'in', ['requested', 'awaiting_approval', 'approved'])
    .orderBy('id')
    .execute()
  return rows.flatMap(({ candidate, ...promotion }) =>
    candidate === null ? [] : [{ promotion, candidate: fromJson<Candidate>(candidate) }],
  )
}
