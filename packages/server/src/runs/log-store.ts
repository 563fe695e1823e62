import type { Json, LogLine, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type LogTables = {
  run_logs: {
    run_id: string
    line: number
    step: string
    at: string
    level: LogLine['level']
    message: string
    fields: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends LogTables {}
}

export async function appendLogs(
  tx: Tx,
  step: { runId: string; name: string },
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return
  const last = await tx
    .selectFrom('run_logs')
    .select((e) => e.fn.max('line').as('line'))
    .where('run_id', '=', step.runId)
    .executeTakeFirst()
  const first = Number(last?.line ?? 0) + 1
  for (let from = 0; from < lines.length; from += 500)
    await tx
      .insertInto('run_logs')
      .values(
        lines.slice(from, from + 500).map(({ fields, ...line }, i) => ({
          run_id: step.runId,
          line: first + from + i,
          step: step.name,
          ...line,
          fields: fields ? toJson(fields) : null,
        })),
      )
      .execute()
}

const levels: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error']

export async function listLogs(
  db: Db,
  filter: {
    runId: string
    step?: string | undefined
    level?: LogLine['level'] | undefined
    after?: number | undefined
  },
  page: PageQuery,
): Promise<Page<LogLine & { line: number; step: string }>> {
  const query = db
    .selectFrom('run_logs')
    .selectAll()
    .where('run_id', '=', filter.runId)
    .$if(filter.step !== undefined, (q) => q.where('step', '=', filter.step!))
    .$if(filter.level !== undefined, (q) => q.where('level', 'in', levels.slice(levels.indexOf(filter.level!))))
    .$if(filter.after !== undefined, (q) => q.where('line', '>', filter.after!))
  const rows = await pageOf(query, page, { column: 'line', direction: 'asc', valueOf: (row) => Number(row.line) })
  return mapPage(rows, ({ line, step, at, level, message, fields }) => ({
    line: Number(line),
    step,
    at,
    level,
    message,
    ...(fields !== null && { fields: fromJson<Record<string, Json>>(fields) }),
  }))
}
