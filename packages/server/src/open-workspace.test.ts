import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspace, openWorkspace, type ServerLog, serveWorkspace } from './index.ts'

let dir: string
let paths: { dir: string; exchange: string }
let headers: Record<string, string>
const path = '/api/v1/projects/fraud/stacks'

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-embedded-'))
  paths = { dir: join(dir, 'workspace'), exchange: join(dir, 'exchange') }
  await mkdir(paths.exchange)
  const { apiKey } = await createWorkspace({ dir: paths.dir, name: 'w', project: 'fraud', admin: 'root' })
  headers = { authorization: `Bearer ${apiKey}` }
  const db = new DatabaseSync(join(paths.dir, 'workspace.db'))
  db.exec('alter table stacks rename to gone')
  db.close()
})
afterAll(() => rm(dir, { recursive: true }))

function collect(): { log: ServerLog; lines: string[] } {
  const lines: string[] = []
  const write = (fields: object, message: string) =>
    void lines.push(`${message} ${'error' in fields ? (fields.error as Error).stack : ''}`)
  return { lines, log: { info: () => {}, warn: write, error: write } }
}

test('embedded, a failure says why to its caller, who has no other log, and in full to a log that is given', async () => {
  const { log, lines } = collect()
  const workspace = await openWorkspace({ ...paths, log })
  const problem = await (await workspace.fetch(`http://workspace${path}`, { headers })).json()
  await workspace.close()
  expect(problem).toMatchObject({ code: 'internal', detail: 'The server failed: no such table: stacks.' })
  expect(problem).toMatchObject({ remedy: expect.stringContaining('AIRLOCK_DEBUG=1') })
  expect(lines.join()).toMatch(/request failed .*no such table: stacks\n +at /)
})

test('served, it says so to the log alone', async () => {
  const { log, lines } = collect()
  const server = await serveWorkspace({ ...paths, log })
  const problem = await (await fetch(`${server.url}${path}`, { headers })).json()
  await server.close()
  expect(problem).toMatchObject({ code: 'internal', detail: 'The server failed.' })
  expect(lines.join()).toContain('no such table: stacks')
})
