import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Checkpoint, Workspace } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf, type Run, temporaryFolder } from './airlock.ts'
import { dev, production, sharedProject } from './project.ts'

type Verified = { ok: boolean; events: number; witnesses: { name: string; size: number }[]; keyFrom: string }

const project = sharedProject()
let elsewhere: Awaited<ReturnType<typeof temporaryFolder>>
let inProject: Run
let alone: Run
let text: string
const file = (name: string) => join(elsewhere.dir, name)

beforeAll(async () => {
  elsewhere = await temporaryFolder()
  inProject = project.airlock
  alone = airlockIn(elsewhere.dir)
  await inProject('audit', 'checkpoint', '--workspace', dev)
  // Production looks at the exchange, and countersigns.
  await inProject('audit', 'checkpoint', '--workspace', production)
  await inProject('audit', 'export', '-o', file('audit.jsonl'), '--workspace', dev)
  for (const name of [dev, production]) {
    const { publicKey } = await jsonOf<Workspace>(inProject, 'workspace', 'show', name)
    await writeFile(file(`${name}.pem`), publicKey)
  }
  text = await readFile(file('audit.jsonl'), 'utf8')
})
afterAll(() => elsewhere.remove())

const verify = (name: string, ...more: string[]) =>
  alone('audit', 'verify', name, '--public-key', `${dev}.pem`, ...more)
const changed = async (change: (lines: string[]) => string[]) => {
  await writeFile(file('changed.jsonl'), change(text.split('\n').slice(0, -1)).join('\n'))
  return verify('changed.jsonl')
}
const at = (lines: string[], sequence: number) => lines.findIndex((line) => line.includes(`"sequence":${sequence},`))

test('an export is verified far from any project, with the countersignature of the witness', async () => {
  const verified = await jsonOf<Verified>(
    alone,
    ...['audit', 'verify', 'audit.jsonl', '--public-key', `${dev}.pem`, '--witness', `${production}.pem`],
  )
  expect(verified).toMatchObject({ ok: true, keyFrom: `${dev}.pem`, witnesses: [{ name: production }] })
  const { code, stdout } = await verify('audit.jsonl')
  expect([code, stdout]).toEqual([0, expect.stringContaining(`countersignatures of ${production}: give the key`)])
})

test.each([
  [
    'changed',
    (lines: string[]) => lines.with(at(lines, 3), lines[at(lines, 3)]!.replace('"done"', '"dune"')),
    'Event 3 was changed',
  ],
  ['removed', (lines: string[]) => lines.toSpliced(at(lines, 3), 1), 'Event 3 was removed'],
  ['inserted', (lines: string[]) => lines.toSpliced(at(lines, 3), 0, lines[at(lines, 3)]!), 'Event 3 is there twice'],
  [
    'reordered',
    (lines: string[]) => lines.with(at(lines, 3), lines[at(lines, 4)]!).with(at(lines, 4), lines[at(lines, 3)]!),
    'Event 3 was moved',
  ],
])('an event that was %s is named, with why and what to do', async (_, change, said) => {
  const { code, stderr } = await changed(change)
  expect(code).toBe(1)
  expect(stderr).toContain('audit_log_invalid')
  expect(stderr).toContain(said)
  expect(stderr).toMatch(/why .*\n.*do /)
})

test('a log cut short is caught by what the witness keeps', async () => {
  await inProject('user', 'create', 'eve', '--workspace', dev)
  const { size } = await jsonOf<Checkpoint>(inProject, 'audit', 'checkpoint', '--workspace', dev)
  await inProject('audit', 'checkpoint', '--workspace', production)
  expect((await verify('audit.jsonl')).code).toBe(0)
  const folder = join(project.dir, '.airlock/exchange/witness', production, dev)
  const last = (await readdir(folder)).sort().at(-1)!
  const { code, stderr } = await verify(
    'audit.jsonl',
    '--witness',
    join(folder, last),
    '--witness',
    `${production}.pem`,
  )
  expect([code, stderr]).toEqual([1, expect.stringContaining(`had ${size} events`)])
})

test('online it checks the log as it is now, and says which key it used', async () => {
  const { code, stdout, stderr } = await inProject('audit', 'verify', '--workspace', dev, '--json')
  expect([code, stderr]).toEqual([0, expect.stringContaining('no --public-key')])
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, witnesses: [{ name: production }] })
  const byFile = await inProject('audit', 'verify', file('audit.jsonl'))
  expect([byFile.code, byFile.stdout]).toEqual([0, expect.stringContaining('itself, as this project reaches it')])
})

test('where a witness may not be asked, it says what was not checked and ends with 3, unless a head is brought', async () => {
  await inProject('user', 'create', 'ben', '--role', 'approver:*', '--workspace', production)
  await inProject('api-key', 'create', 'ben', '--store', '--workspace', production)
  await inProject('audit', 'checkpoint', '--workspace', production)
  await inProject('audit', 'checkpoint', '--workspace', dev)
  const asBen = ['audit', 'verify', '--workspace', production, '--as', 'ben']
  const { code, stdout } = await inProject(...asBen)
  expect(code).toBe(3)
  expect(stdout).toContain('verified by itself; not against its witnesses')
  expect(stdout).toContain(`whether events were cut off since ${dev} witnessed the log, for it was not asked`)
  const told = await inProject(...asBen, '--json')
  expect(JSON.parse(told.stdout)).toMatchObject({
    ok: true,
    notAsked: [{ workspace: dev, reason: expect.any(String) }],
  })
  const folder = join(project.dir, '.airlock/exchange/witness', dev, production)
  const last = join(folder, (await readdir(folder)).sort().at(-1)!)
  expect((await inProject(...asBen, '--witness', last, '--witness', file(`${dev}.pem`))).code).toBe(0)
})

test('another key, another file and a missing key are told apart', async () => {
  const wrongKey = await alone('audit', 'verify', 'audit.jsonl', '--public-key', `${production}.pem`)
  expect([wrongKey.code, wrongKey.stderr]).toEqual([1, expect.stringContaining('not trusted')])
  const noExport = await alone('audit', 'verify', `${dev}.pem`, '--public-key', `${dev}.pem`)
  expect([noExport.code, noExport.stderr]).toEqual([1, expect.stringContaining('no exported audit log')])
  expect((await alone('audit', 'verify', 'audit.jsonl')).stderr).toContain('cli_project_folder_not_found')
})

test('a database edited by hand is named online, and by the check', async () => {
  const database = new DatabaseSync(join(project.dir, '.airlock', dev, 'workspace.db'))
  database.exec(`update audit_events set entry = replace(entry, '"done"', '"dune"') where sequence = 2`)
  database.close()
  const online = await inProject('audit', 'verify', '--workspace', dev)
  expect([online.code, online.stderr]).toEqual([1, expect.stringContaining('Event 2 was changed')])
  const check = await inProject('workspace', 'check', dev)
  expect([check.code, check.stdout]).toEqual([1, expect.stringContaining('event_changed')])
})
