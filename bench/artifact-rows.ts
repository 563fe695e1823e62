import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

const ARTIFACTS_A_RUN = 10
const digestOf = (at: number): string => createHash('sha256').update(`artifact ${at}`).digest('hex')
// Some sort before the ids that the workspace gives, some after: what is looked for lies amid them.
const idOf = (at: number): string =>
  `${at % 2 === 0 ? '00000000' : 'ffffffff'}-0000-7000-8000-${String(at).padStart(12, '0')}`

/** Writes rows of so many artifacts into a workspace's database that nobody has open, ten a run, each of its own bytes. */
export function writeArtifactRows(path: string, { project, count }: { project: string; count: number }): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true })
  const blob = database.prepare(
    'insert into blobs (project, digest, size_bytes, created_at, wanted_at) values (?, ?, 1, ?, ?)',
  )
  const artifact = database.prepare(`insert into artifact_versions
    (id, project, name, version, type, digest, size_bytes, metadata, run_id, step, output, created_at)
    values (?, ?, 'other.step.output', ?, 'json', ?, 1, '{}', ?, 'step', ?, ?)`)
  const at = new Date(0).toISOString()
  database.exec('begin immediate')
  for (let n = 1; n <= count; n++) {
    const digest = digestOf(n)
    blob.run(project, digest, at, at)
    artifact.run(idOf(n), project, n, digest, idOf(n - (n % ARTIFACTS_A_RUN)), `output_${n % ARTIFACTS_A_RUN}`, at)
  }
  database.exec('commit')
  database.close()
}
