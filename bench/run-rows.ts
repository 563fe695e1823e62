import { DatabaseSync } from 'node:sqlite'

// A failed one every seventh, of a rare pipeline every thousandth: what a filter looks for is scattered.
const idOf = (at: number): string => `01900000-0000-7000-8000-${at.toString(16).padStart(12, '0')}`

/** Writes rows of so many ended runs into a workspace's database that nobody has open, each with a step. */
export function writeRunRows(path: string, { project, count }: { project: string; count: number }): void {
  const database = new DatabaseSync(path)
  const run = database.prepare(`insert into runs
    (id, project, pipeline, environment, stack, labels, status, grade, started_by, started_at, ended_at, metadata, hooks,
     lease_token, lease_expires_at)
    values (?, ?, ?, 'local', 'bench-stack', '{"team":"bench"}', ?, 'asserted', 'root', ?, ?, '{}', '[]', '', ?)`)
  const step = database.prepare(`insert into step_runs (run_id, name, status, started_at, ended_at, metadata)
    values (?, 'only', 'completed', ?, ?, '{}')`)
  const at = new Date(0).toISOString()
  database.exec('begin immediate')
  for (let n = 1; n <= count; n++) {
    const pipeline = n % 1_000 === 50 ? 'rare' : 'usual'
    run.run(idOf(n), project, pipeline, n % 7 === 0 ? 'failed' : 'completed', at, at, at)
    step.run(idOf(n), at, at)
  }
  database.exec('commit')
  database.close()
}
