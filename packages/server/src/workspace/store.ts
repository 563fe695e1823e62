import { RECOVERY_EVENT } from '@airlock-ml/bundle'
import type { AuditEvent } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

export type WorkspaceTables = {
  workspaces: {
    id: string
    name: string
    created_at: string
    /** Whether it was born with four eyes; 0 or 1. */
    four_eyes: number
    four_eyes_since: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends WorkspaceTables {}
}

/** The workspace of this database; undefined before its birth. */
export const findWorkspace = (db: Db) => db.selectFrom('workspaces').selectAll().executeTakeFirst()

export const insertWorkspace = (tx: Tx, row: WorkspaceTables['workspaces']) =>
  tx.insertInto('workspaces').values(row).execute()

/** When the owner of the files made an admin, oldest first, with the number of the event. */
export async function recoveriesOf(db: Db): Promise<{ at: string; event: number }[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select('entry')
    .where('type', '=', RECOVERY_EVENT)
    .orderBy('sequence')
    .execute()
  return rows.map(({ entry }) => {
    const { at, sequence: event } = fromJson<AuditEvent>(entry)
    return { at, event }
  })
}

/** Completed runs that train, and the versions made here, by the run that made them. */
export const trainedByRun = async (db: Db) => {
  const runs = await db
    .selectFrom('runs')
    .select(['id', 'status', 'model_action', 'model_number'])
    .where('model_action', 'in', ['trains', 'imports'])
    .execute()
  return new Map(runs.map((run) => [run.id, run]))
}

/** Changes of a stage without an audit event at their place in the log. */
export const changesWithoutEvent = (db: Db) =>
  db
    .selectFrom('stage_changes')
    .leftJoin('audit_events', 'audit_events.sequence', 'stage_changes.sequence')
    .select(['stage_changes.model', 'stage_changes.number', 'stage_changes.sequence'])
    .where((e) => e.or([e('audit_events.type', 'is', null), e('audit_events.type', 'not like', 'stage.%')]))
    .execute()

/** Every promotion, with how many `promotion.completed` events it has. */
export const promotionsWithEvents = (db: Db) =>
  db
    .selectFrom('promotions')
    .select((e) => [
      'promotions.id',
      'promotions.project',
      'promotions.model',
      'promotions.state',
      'promotions.version_number',
      'promotions.run_id',
      e
        .selectFrom('audit_events')
        .select((s) => s.fn.countAll().as('n'))
        .where('audit_events.type', '=', 'promotion.completed')
        .whereRef('audit_events.subject_id', '=', 'promotions.id')
        .as('completions'),
    ])
    .execute()

/** What the log says of requests for promotions, of their plans and of decisions on them, in order. */
export const eventsAboutPromotions = async (db: Db): Promise<AuditEvent[]> => {
  const rows = await db
    .selectFrom('audit_events')
    .select('entry')
    .where('type', 'in', ['promotion.requested', 'promotion.verified', 'promotion.approved', 'promotion.rejected'])
    .orderBy('sequence')
    .execute()
  return rows.map(({ entry }) => fromJson<AuditEvent>(entry))
}
