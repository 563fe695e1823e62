import { readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DecisionKey, Page, Promotion } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { dev, model, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
let id: string
beforeAll(async () => {
  await airlock('user', 'create', 'ben', '--role', 'approver', '--workspace', production)
  await airlock('api-key', 'create', 'ben', '--store', '--workspace', production)
  await airlock('run', 'training', '--environment', 'staging')
  await airlock('model', 'promote', model, '--to-stage', 'staging')
  const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]
  id = (JSON.parse((await airlock('promote', ...between, '--json')).stdout) as Promotion).id
})

const ofProduction = ['--workspace', production]
const fileOf = (name: string) => join(project.dir, '.airlock/decision-keys', production, `${name}.pem`)
const keysOf = async (person: string) =>
  (await jsonOf<Page<DecisionKey>>(airlock, 'decision-key', 'list', '--person', person, ...ofProduction)).items

test('an approver without a key is told to sign in, and nothing is decided', async () => {
  for (const decide of [
    ['approve', id, '--yes'],
    ['reject', id, '--reason', 'no'],
  ]) {
    const { code, stderr } = await airlock('promotion', ...decide, '--as', 'ben', ...ofProduction)
    expect(code).toBe(1)
    expect(stderr).toContain('decision_key_missing')
    expect(stderr).toContain('airlock login WORKSPACE --as NAME')
  }
})

test('who may not approve at all is told that, and not that they lack a key', async () => {
  const { requestedBy } = await jsonOf<Promotion>(airlock, 'promotion', 'show', id, ...ofProduction)
  const { code, stderr } = await airlock('promotion', 'approve', id, '--yes', '--as', requestedBy, ...ofProduction)
  expect(code).toBe(1)
  expect(stderr).toContain('Not allowed (forbidden)')
  expect(stderr).not.toContain('decision_key_missing')
})

test('login makes a key that its owner alone reads, registers it, and does so once', async () => {
  const signedIn = await jsonOf<{ decisionKey: string }>(airlock, 'login', production, '--as', 'ben')
  expect((await stat(fileOf('ben'))).mode & 0o777).toBe(0o600)
  const pem = await readFile(fileOf('ben'), 'utf8')
  expect(await jsonOf(airlock, 'login', production, '--as', 'ben')).toEqual(signedIn)
  expect(await readFile(fileOf('ben'), 'utf8')).toBe(pem)
  expect(await keysOf('ben')).toMatchObject([{ fingerprint: signedIn.decisionKey, person: 'ben', revokedAt: null }])
  expect(await jsonOf(airlock, 'decision-key', 'show', signedIn.decisionKey, ...ofProduction)).toMatchObject({
    person: 'ben',
  })
  await jsonOf(airlock, 'login', production, '--as', 'ada')
})

test('on a machine without the key one may sign in, but not sign, until an admin has ended the key', async () => {
  await rename(fileOf('ben'), `${fileOf('ben')}.elsewhere`)
  const { code, stdout, stderr } = await airlock('login', production, '--as', 'ben', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ decisionKey: null })
  expect(stderr).toContain('ben can sign no decision from here')
  const own = await airlock('decision-key', 'register', '--as', 'ben', ...ofProduction)
  expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('decision_key_exists') })

  const [key] = await keysOf('ben')
  await jsonOf(airlock, 'decision-key', 'revoke', key?.fingerprint ?? '', '--as', 'ada', ...ofProduction)
  await jsonOf(airlock, 'decision-key', 'register', '--as', 'ben', ...ofProduction)
  expect((await keysOf('ben')).map(({ revokedBy }) => revokedBy).sort()).toEqual(['ada', null])
  await jsonOf(airlock, 'login', production, '--as', 'ada')
})

test('what is approved is signed, with the reason as it is kept', async () => {
  const approve = ['promotion', 'approve', id, '--as', 'ben', '--yes', '--reason', ' Looked at it. ', ...ofProduction]
  const done = await jsonOf<Promotion>(airlock, ...approve)
  const inForce = (await keysOf('ben')).find(({ revokedAt }) => revokedAt === null)
  expect(done).toMatchObject({
    state: 'completed',
    approvals: [{ by: 'ben', reason: 'Looked at it.', keyFingerprint: inForce?.fingerprint }],
  })
})

test('a machine signs in without a key of its own', async () => {
  await airlock('service-account', 'create', 'ci', '--owner', 'ada', '--role', 'ml-engineer', ...ofProduction)
  await airlock('api-key', 'create', 'ci', '--store', ...ofProduction)
  expect(await jsonOf(airlock, 'login', production, '--as', 'ci')).toMatchObject({ decisionKey: null })
  expect(await keysOf('ci')).toEqual([])
})
