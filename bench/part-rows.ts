import { DatabaseSync } from 'node:sqlite'
import { idAt, PART_ROWS } from './logged-predictions.ts'

const MINUTE_MS = 60_000

/**
 * Writes the index of further parts, a minute each, before and after those that are there, into a database that nobody
 * has open. Nobody reads their bytes.
 */
export function writePartRows(path: string, { count, at }: { count: number; at: number }): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true })
  const { id: deploymentId, project } = database.prepare('select id, project from deployments').get()!
  const { layout } = database.prepare('select layout from prediction_parts limit 1').get()!
  const insert = database.prepare(`insert into prediction_parts
    (id, project, deployment_id, digest, size_bytes, rows, first_id, last_id, first_at, last_at, layout, registered_at)
    values (?, ?, ?, ?, 1, ${PART_ROWS}, ?, ?, ?, ?, ?, ?)`)
  database.exec('begin immediate')
  for (let n = 0; n < count; n++) {
    const startMs = at + (n % 2 === 0 ? -1 : 1) * (5 + n) * MINUTE_MS
    const [first, last] = [new Date(startMs), new Date(startMs + MINUTE_MS - 1)].map((each) => each.toISOString())
    const digest = n.toString(16).padStart(64, '0')
    const [firstId, lastId] = [idAt(startMs, 0), idAt(startMs + MINUTE_MS - 1, PART_ROWS)]
    insert.run(idAt(startMs, 1), project!, deploymentId!, digest, firstId, lastId, first!, last!, layout!, last!)
  }
  database.exec('commit')
  database.close()
}
