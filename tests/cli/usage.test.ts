import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, type Run, temporaryFolder } from './airlock.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let airlock: Run
beforeAll(async () => {
  folder = await temporaryFolder()
  airlock = airlockIn(folder.dir)
})
afterAll(() => folder.remove())

test('without arguments it shows its commands on stdout and ends well', async () => {
  const { code, stdout, stderr } = await airlock()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('promote')
})

test('wrong usage ends with 2, says what to write, and prints nothing on stdout', async () => {
  const { code, stdout, stderr } = await airlock('promte')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Did you mean promote?')
})

test('with --json wrong usage is a problem document on stdout', async () => {
  const { code, stdout } = await airlock('model', 'list', '--limit', 'many', '--json')
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli_usage_invalid', remedy: expect.any(String) } })
})

test('with --json help and version are one document, of a command, a group or all of them', async () => {
  const { code, stdout, stderr } = await airlock('model', 'compare', '--help', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ name: 'model compare', arguments: [{ name: 'model', required: true }] })
  expect(JSON.parse((await airlock('--help', '--json')).stdout)).toMatchObject({ commands: expect.any(Array) })
  expect(JSON.parse((await airlock('--version', '--json')).stdout)).toEqual({ version: expect.any(String) })
})

test('outside of a project it says so and what to do, and ends with 1', async () => {
  const { code, stdout, stderr } = await airlock('model', 'list')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('This is not an Airlock project')
  expect(stderr).toContain('airlock init')
})

test('a configuration that does not load is named, without a stack unless AIRLOCK_DEBUG=1', async () => {
  const dir = join(folder.dir, 'broken')
  await mkdir(dir)
  await writeFile(join(dir, 'airlock.config.ts'), "throw new Error('no such luck')")
  const quiet = await airlockIn(dir)('model', 'list')
  expect(quiet.code).toBe(1)
  expect(quiet.stderr).toContain('no such luck')
  expect(quiet.stderr).not.toContain('    at ')
  expect((await airlockIn(dir, { AIRLOCK_DEBUG: '1' })('model', 'list')).stderr).toContain('    at ')
})

test('what throws outside of the command, in a timer, is an error like any other', async () => {
  const dir = join(folder.dir, 'stray')
  await mkdir(dir)
  await writeFile(
    join(dir, 'airlock.config.ts'),
    "setTimeout(() => { throw new Error('astray') }); await new Promise(() => {})",
  )
  const { code, stderr } = await airlockIn(dir)('model', 'list')
  expect(code).toBe(1)
  expect(stderr).toContain('astray')
  expect(stderr).not.toContain('    at ')
})

test('an unknown workspace names the nearest', async () => {
  const dir = join(folder.dir, 'named')
  await mkdir(dir)
  await writeFile(
    join(dir, 'airlock.config.ts'),
    "export default { project: 'p', exchange: '.airlock/exchange', workspaces: { 'enterprise-production': { stacks: {} } } }",
  )
  const { code, stderr } = await airlockIn(dir)('model', 'list', '--workspace', 'enterprise-producton')
  expect(code).toBe(1)
  expect(stderr).toContain('Did you mean enterprise-production?')
})

test('NO_COLOR and pipes get no colours, FORCE_COLOR does', async () => {
  expect((await airlock('promte')).stderr).not.toContain('\u001b[')
  expect((await airlockIn(folder.dir, { FORCE_COLOR: '1' })('promte')).stderr).toContain('\u001b[')
})
