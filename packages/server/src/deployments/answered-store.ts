import type { PredictionRole, RecallReach, ServiceReport } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

export type AnsweredTables = {
  /** What services recorded of each version, summed up. */
  answered_versions: {
    deployment_id: string
    digest: string
    number: number
    role: PredictionRole
    predictions: number
    first_at: string
    last_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends AnsweredTables {}
}

/** What a part of a prediction log holds of one version in one role. */
export type Answered = {
  number: number
  digest: string
  role: PredictionRole
  rows: number
  firstAtMs: number
  lastAtMs: number
}

/** Adds what a part of a prediction log holds to what its deployment answered before. */
export async function countAnswered(tx: Tx, deploymentId: string, answered: readonly Answered[]): Promise<void> {
  for (const { number, digest, role, rows, firstAtMs, lastAtMs } of answered)
    await tx
      .insertInto('answered_versions')
      .values({
        ...{ deployment_id: deploymentId, digest, number, role, predictions: rows },
        ...{ first_at: new Date(firstAtMs).toISOString(), last_at: new Date(lastAtMs).toISOString() },
      })
      .onConflict((c) =>
        c.columns(['digest', 'deployment_id', 'number', 'role']).doUpdateSet((e) => {
          const earlier = e('excluded.first_at', '<', e.ref('answered_versions.first_at'))
          const later = e('excluded.last_at', '>', e.ref('answered_versions.last_at'))
          return {
            predictions: e('answered_versions.predictions', '+', e.ref('excluded.predictions')),
            first_at: e
              .case()
              .when(earlier)
              .then(e.ref('excluded.first_at'))
              .else(e.ref('answered_versions.first_at'))
              .end(),
            last_at: e
              .case()
              .when(later)
              .then(e.ref('excluded.last_at'))
              .else(e.ref('answered_versions.last_at'))
              .end(),
          }
        }),
      )
      .execute()
}

type Answering = RecallReach['deployments'][number]

/** Digests that are asked about at once: more than that not every database takes. */
const AT_ONCE = 500

/**
 * The deployments of a project that answered with some bytes, deleted ones too, or say that they do now: a line for each
 * version, the most predictions first.
 */
export async function deploymentsAnswering(db: Db, project: string, digests: readonly string[]): Promise<Answering[]> {
  const lines = new Map<string, Answering>()
  const lineOf = ({ id, name, model, deleted_at }: Named, number: number): Answering => {
    const key = `${id} ${number}`
    const line = lines.get(key) ?? {
      ...{ id, name, deletedAt: deleted_at, model, number, answersNow: false },
      ...{ predictions: 0, unheard: 0, firstAt: null, lastAt: null },
    }
    lines.set(key, line)
    return line
  }
  for (let from = 0; from < digests.length; from += AT_ONCE)
    for (const row of await answeredWith(db, project, digests.slice(from, from + AT_ONCE))) {
      const line = lineOf(row, row.number)
      line[row.role === 'shadow' ? 'unheard' : 'predictions'] += Number(row.predictions)
      if (line.firstAt === null || row.first_at < line.firstAt) line.firstAt = row.first_at
      if (line.lastAt === null || row.last_at > line.lastAt) line.lastAt = row.last_at
    }
  const asked = new Set(digests)
  for (const row of asked.size > 0 ? await reporting(db, project) : []) {
    const { number, digest, stopping } = fromJson<ServiceReport>(row.report)
    if (number !== null && digest !== null && asked.has(digest) && !stopping) lineOf(row, number).answersNow = true
  }
  return [...lines.values()].sort((a, b) => b.predictions - a.predictions || (a.name < b.name ? -1 : 1))
}

type Named = { id: string; name: string; model: string; deleted_at: string | null }

const answeredWith = (db: Db, project: string, digests: readonly string[]) =>
  db
    .selectFrom('answered_versions')
    .innerJoin('deployments', 'deployments.id', 'answered_versions.deployment_id')
    .select(['deployments.id', 'deployments.name', 'deployments.model', 'deployments.deleted_at'])
    .select(['number', 'role', 'predictions', 'first_at', 'last_at'])
    .where('deployments.project', '=', project)
    .where('answered_versions.digest', 'in', digests)
    .execute()

/** The deployments that were not deleted and whose service was seen. */
const reporting = (db: Db, project: string) =>
  db
    .selectFrom('service_reports')
    .innerJoin('deployments', 'deployments.id', 'service_reports.deployment_id')
    .select(['deployments.id', 'deployments.name', 'deployments.model', 'deployments.deleted_at', 'report'])
    .where('deployments.project', '=', project)
    .where('deployments.deleted_at', 'is', null)
    .execute()
