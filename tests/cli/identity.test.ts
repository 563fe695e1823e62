import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { airlockIn, command, jsonOf } from './airlock.ts'
import { production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project

const ofProduction = ['--workspace', production]
const whoami = (...args: string[]) => jsonOf<{ actor: { name: string } }>(airlock, 'whoami', ...args)
const credentials = async () => JSON.parse(await readFile(join(project.dir, '.airlock/credentials.json'), 'utf8'))

/** Runs a command that reads from stdin. */
async function withStdin(input: string, ...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], { cwd: project.dir, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: code as number, said, complained }
}

test('the secret of a key is shown once, on stdout alone, or stored and not shown', async () => {
  await airlock('user', 'create', 'eve', '--role', 'viewer', ...ofProduction)
  const { stdout } = await airlock('api-key', 'create', 'eve', ...ofProduction)
  expect(stdout).toMatch(/^alk_\S+\n$/)
  const stored = await airlock('api-key', 'create', 'eve', '--store', '--json', ...ofProduction)
  expect(JSON.parse(stored.stdout).secret).toBeNull()
  expect((await credentials())[production].keys.eve).toMatch(/^alk_/)
  expect((await whoami('--as', 'eve', ...ofProduction)).actor.name).toBe('eve')
  expect(JSON.stringify(await jsonOf(airlock, 'api-key', 'list', ...ofProduction))).not.toContain('alk_')
})

test('AIRLOCK_API_KEY acts, and --as wins over it', async () => {
  const { stdout } = await airlock('api-key', 'create', 'eve', ...ofProduction)
  const withKey = airlockIn(project.dir, { AIRLOCK_API_KEY: stdout.trim() })
  expect(await jsonOf(withKey, 'whoami', ...ofProduction)).toMatchObject({ actor: { name: 'eve' } })
  expect(await jsonOf(withKey, 'whoami', '--as', 'ada', ...ofProduction)).toMatchObject({ actor: { name: 'ada' } })
})

test('login with a key from stdin checks and stores it; logout keeps it until it is forgotten', async () => {
  const { stdout: key } = await airlock('api-key', 'create', 'eve', ...ofProduction)
  const { code, said } = await withStdin(key, 'login', production, '--api-key-stdin')
  expect(code).toBe(0)
  expect(said).toContain('signed in to enterprise-production as eve')
  expect((await whoami()).actor.name).toBe('eve')
  await jsonOf(airlock, 'logout')
  expect((await airlock('whoami', ...ofProduction)).code).toBe(1)
  expect((await whoami('--as', 'eve', ...ofProduction)).actor.name).toBe('eve')
  await jsonOf(airlock, 'logout', production, '--as', 'eve', '--forget')
  expect((await airlock('whoami', '--as', 'eve', ...ofProduction)).stderr).toContain('cli_credential_not_found')
  await jsonOf(airlock, 'login', production, '--as', 'ada')
})

test('a user sets a password, changes it with the one before, and signs in by it', async () => {
  const setFor = (name: string, input: string) =>
    withStdin(input, 'user', 'set-password', name, '--stdin', ...ofProduction)
  await airlock('user', 'create', 'uma', '--role', 'viewer', ...ofProduction)
  expect(await setFor('uma', 'given by an admin\n')).toMatchObject({
    code: 0,
    said: 'uma signs in with `airlock login enterprise-production --name uma`\n',
  })
  const signIn = (input: string) => withStdin(input, 'login', production, '--name', 'uma', '--password-stdin')
  expect(await signIn('guessed by a stranger\n')).toMatchObject({
    code: 1,
    complained: expect.stringContaining('sign_in_refused'),
  })
  expect(await signIn('given by an admin\n')).toMatchObject({
    code: 0,
    said: expect.stringContaining('signed in to enterprise-production as uma'),
  })
  expect(await setFor('uma', 'chosen by uma alone\ngiven by an admin\n')).toMatchObject({ code: 0 })
  expect((await signIn('chosen by uma alone')).code).toBe(0)
  await jsonOf(airlock, 'login', production, '--as', 'ada')
}, 120_000)

test('a revoked key and a disabled user open nothing', async () => {
  const asEve = { AIRLOCK_API_KEY: '' }
  const { apiKey, secret } = await jsonOf<{ apiKey: { id: string }; secret: string }>(
    airlock,
    ...['api-key', 'create', 'eve', ...ofProduction],
  )
  asEve.AIRLOCK_API_KEY = secret
  const eve = airlockIn(project.dir, asEve)
  expect((await eve('whoami', ...ofProduction)).code).toBe(0)
  await jsonOf(airlock, 'api-key', 'revoke', apiKey.id, ...ofProduction)
  expect((await eve('whoami', ...ofProduction)).stderr).toContain('unauthenticated')
  await jsonOf(airlock, 'user', 'disable', 'eve', ...ofProduction)
  expect((await airlock('api-key', 'create', 'eve', ...ofProduction)).stderr).toContain('identity_disabled')
})

test('a service account is its maker’s unless another owner is named; roles are replaced', async () => {
  const account = await jsonOf(airlock, 'service-account', 'create', 'ci', '--role', 'ml-engineer', ...ofProduction)
  expect(account).toMatchObject({ owner: 'ada', roles: [{ project: 'cancer-detection', role: 'ml-engineer' }] })
  await jsonOf(airlock, 'service-account', 'set-roles', 'ci', '--role', 'viewer:*', ...ofProduction)
  expect(await jsonOf(airlock, 'service-account', 'show', 'ci', ...ofProduction)).toMatchObject({
    roles: [{ project: '*', role: 'viewer' }],
  })
})
