import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { airlockIn, jsonOf } from './airlock.ts'
import { dev, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project

type Initialised = { project: string; admin: string; workspaces: { name: string; trusts: string[] }[] }
const whoami = () => jsonOf<{ actor: { name: string } }>(airlock, 'whoami')
const credentials = async () => JSON.parse(await readFile(join(project.dir, '.airlock/credentials.json'), 'utf8'))

test('init again changes nothing, and makes a lost key of the admin anew', async () => {
  const before = await credentials()
  const { code, stdout } = await airlock('init')
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'next: airlock run training'])
  expect(await credentials()).toEqual(before)
  await rm(join(project.dir, '.airlock/credentials.json'))
  expect(await jsonOf(airlock, 'init')).toMatchObject({ admin: 'ada' })
  expect((await whoami()).actor.name).toBe('ada')
  expect((await stat(join(project.dir, '.airlock/credentials.json'))).mode & 0o777).toBe(0o600)
})

test('a new folder gets the reference project, with both workspaces, their stacks, trust and policies', async () => {
  const made = await jsonOf<Initialised>(airlock, 'init', 'screening', '--admin', 'ben')
  expect(made).toMatchObject({ project: 'cancer-detection', admin: 'ben' })
  expect(made.workspaces.map(({ name, trusts }) => [name, trusts])).toEqual([
    [dev, []],
    [production, [dev]],
  ])
  const inside = airlockIn(join(project.dir, 'screening'))
  expect(await jsonOf(inside, 'stack', 'list', '--workspace', production)).toMatchObject({
    items: [{ name: 'gcp-stack' }],
  })
  expect(await jsonOf(inside, 'trust', 'list', '--workspace', production)).toMatchObject({
    items: [{ workspace: dev }],
  })
  expect(await jsonOf(inside, 'policy', 'show', 'production', '--workspace', production)).toMatchObject({ version: 1 })
})

test('a folder that holds something else is refused and left as it is', async () => {
  const dir = join(project.dir, 'other')
  await mkdir(dir)
  await writeFile(join(dir, 'notes.txt'), 'mine')
  const { code, stdout } = await airlock('init', 'other', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli_folder_not_empty' } })
  expect(existsSync(join(dir, '.airlock'))).toBe(false)
})

test('--workspaces-only copies nothing', async () => {
  const { code, stderr } = await airlock('init', 'nowhere', '--workspaces-only')
  expect(code).toBe(1)
  expect(stderr).toContain('cli_project_folder_not_found')
  expect(existsSync(join(project.dir, 'nowhere'))).toBe(false)
})

test('run again it replaces no policy, brings no removed key back, and says so', async () => {
  const ofProduction = ['--workspace', production]
  const folder = join(project.dir, 'screening')
  const inside = airlockIn(folder)
  const file = join(folder, 'governance/policies/production.yaml')
  const stricter = (await readFile(file, 'utf8')).replace('required: 1', 'required: 2')
  await writeFile(join(folder, 'stricter.yaml'), stricter)
  await jsonOf(inside, 'policy', 'apply', 'stricter.yaml', ...ofProduction)
  const { items } = await jsonOf<{ items: { keyHint: string }[] }>(inside, 'trust', 'list', ...ofProduction)
  await jsonOf(inside, 'trust', 'remove', items[0]!.keyHint, '--reason', 'Copied', ...ofProduction)
  const { stdout, stderr } = await inside('init', '--json')
  const { policies, workspaces } = JSON.parse(stdout)
  expect(policies.find((each: { stage: string }) => each.stage === 'production')).toMatchObject({ version: 2 })
  expect(workspaces.find((each: { name: string }) => each.name === production).trusts).toEqual([])
  expect(stderr).toContain('its key was removed, and does not come back')
})

test.each(['../x', 'Root User', 'x'.repeat(300), ''])('%j cannot be an admin', async (name) => {
  const { code, stderr } = await airlock('init', 'named', '--admin', name)
  expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be a name')])
})

test('somebody who is no user of a workspace that exists does not become its admin', async () => {
  const { code, stderr } = await airlock('init', '--workspaces-only', '--admin', 'mallory')
  expect([code, stderr]).toEqual([1, expect.stringContaining('has no user mallory')])
})
