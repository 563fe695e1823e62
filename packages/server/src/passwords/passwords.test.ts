import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { hashPassword } from './hash.ts'

const first = 'correct horse battery'
const second = 'staple correct horse'

let stranger: Call

const clock = stoppedClock('2026-01-01T00:00:00Z')
const { dev } = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  stranger = callAs(dev.workspace.fetch, null)
})

/** Signs in; wrong passwords within a minute are slowed, which is shown elsewhere. */
async function signIn(name: string, password: string) {
  clock.ms += 61_000
  const { apiKey, secret } = await stranger('signIn', { body: { name, password } })
  return { apiKey, call: callAs(dev.workspace.fetch, secret) }
}
const events = async (type: string) => (await dev.root('listAuditEvents', { type })).items
const hashes = (sql = 'select hash from passwords') => {
  const db = new DatabaseSync(`${dev.dir}/workspace.db`)
  const rows = db.prepare(sql).all()
  db.close()
  return rows.map(({ hash }) => hash as string | null)
}

test('a password signs in for 12 hours, with a key that nobody rotates into a longer one, nor another of theirs', async () => {
  const ann = await dev.as('ann', 'viewer')
  const { apiKeyId, signedInBy } = (await ann('whoami', {})).actor
  expect(signedInBy).toBe('api-key')
  expect(await ann('setOwnPassword', { body: { password: first } })).toMatchObject({ user: 'ann', setBy: 'ann' })
  const { apiKey, call } = await signIn('ann', first)
  expect((await call('whoami', {})).actor.signedInBy).toBe('password')
  expect(apiKey).toMatchObject({ identity: 'ann', mintedBy: 'ann' })
  expect((await call('whoami', {})).actor).toMatchObject({ name: 'ann', kind: 'user' })
  await expect(call('rotateApiKey', { id: apiKey.id, body: {} })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(call('rotateApiKey', { id: apiKeyId!, body: {} })).rejects.toMatchObject({ code: 'api_key_not_found' })
  await expect(dev.root('rotateApiKey', { id: apiKey.id, body: {} })).rejects.toMatchObject({ code: 'forbidden' })
  clock.ms += 12 * 60 * 60_000
  await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await events('user.signed-in')).toMatchObject([{ actor: { name: 'ann' }, after: { apiKeyId: apiKey.id } }])
})

test('a wrong password, an unknown name, a machine, a disabled user and one without a password get one answer', async () => {
  const ann = await dev.as('ann', 'viewer')
  await ann('setOwnPassword', { body: { password: first } })
  await dev.as('bea', 'viewer')
  await dev.root('createServiceAccount', { body: { name: 'ci', owner: 'ann' } })
  const zoe = await dev.as('zoe', 'viewer')
  await zoe('setOwnPassword', { body: { password: first } })
  const { call } = await signIn('zoe', first)
  await dev.root('disableIdentity', { name: 'zoe' })
  await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  const tried: [string, string][] = [
    ['ann', second],
    ['ann', `${first} `],
    ['ann', ''],
    ['nobody', first],
    ['ci', first],
    ['zoe', first],
    ['bea', ''],
  ]
  const answers = await Promise.all(tried.map(([name, given]) => signIn(name, given).catch((error) => error)))
  expect(answers.map(({ code, message, status }) => ({ code, message, status }))).toEqual(
    tried.map(() => ({ code: 'sign_in_refused', message: answers[0].message, status: 401 })),
  )
  expect((await events('authentication.failed')).length).toBeGreaterThan(0)
})

test('an unknown name is worked at as long as a wrong password', async () => {
  const ann = await dev.as('ann', 'viewer')
  await ann('setOwnPassword', { body: { password: first } })
  const median = async (name: string) => {
    const took: number[] = []
    for (let i = 0; i < 5; i++) {
      const startedAtMs = performance.now()
      await signIn(name, second).catch(() => undefined)
      took.push(performance.now() - startedAtMs)
    }
    return took.sort((a, b) => a - b)[2]!
  }
  const [known, unknown] = [await median('ann'), await median('nobody')]
  // Without a hash it would be a hundredth.
  expect(unknown).toBeGreaterThan(known / 3)
})

test('one’s own password is changed with the one before, and what that signed in ends', async () => {
  const ann = await dev.as('ann', 'viewer')
  await ann('setOwnPassword', { body: { password: first } })
  const { call } = await signIn('ann', first)
  for (const current of [null, '', second])
    await expect(call('setOwnPassword', { body: { password: second, current } })).rejects.toMatchObject({
      code: 'sign_in_refused',
    })
  expect((await call('whoami', {})).actor.name).toBe('ann')
  await call('setOwnPassword', { body: { password: second, current: first } })
  await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(signIn('ann', first)).rejects.toMatchObject({ code: 'sign_in_refused' })
  expect((await (await signIn('ann', second)).call('whoami', {})).actor.name).toBe('ann')
  expect((await ann('whoami', {})).actor.name).toBe('ann')
  expect((await events('user.password-set')).map(({ after }) => after)).toEqual([
    { setBy: 'ann', replacesOne: true },
    { setBy: 'ann', replacesOne: false },
  ])
})

test('an admin sets another’s, whose keys then count as the admin’s until they change it; nobody else does', async () => {
  const ann = await dev.as('ann', 'viewer')
  await expect(ann('setUserPassword', { name: 'root', body: { password: first } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await dev.root('setUserPassword', { name: 'ann', body: { password: first } })).toMatchObject({ setBy: 'root' })
  const given = await signIn('ann', first)
  expect(given.apiKey.mintedBy).toBe('root')
  await given.call('setOwnPassword', { body: { password: second, current: first } })
  expect((await signIn('ann', second)).apiKey.mintedBy).toBe('ann')
  const own = dev.root('setUserPassword', { name: 'root', body: { password: first } })
  await expect(own).rejects.toMatchObject({ code: 'request_invalid' })
  await dev.root('createServiceAccount', { body: { name: 'ci', owner: 'ann' } })
  await expect(dev.root('setUserPassword', { name: 'ci', body: { password: first } })).rejects.toMatchObject({
    code: 'identity_not_found',
  })
  await dev.root('disableIdentity', { name: 'ann' })
  await expect(dev.root('setUserPassword', { name: 'ann', body: { password: first } })).rejects.toMatchObject({
    code: 'identity_disabled',
  })
})

test('machines and bound keys set no password', async () => {
  await dev.root('createServiceAccount', { body: { name: 'ci', owner: 'root' } })
  const ci = callAs(dev.workspace.fetch, await dev.keyOf('ci'))
  const { secret } = await dev.root('createApiKey', {
    body: { identity: 'root', scope: { project: null, actions: ['model:read'] } },
  })
  for (const call of [ci, callAs(dev.workspace.fetch, secret)])
    await expect(call('setOwnPassword', { body: { password: first } })).rejects.toMatchObject({ code: 'forbidden' })
  expect((await events('request.refused')).map(({ subject }) => subject.kind)).toEqual([
    'setOwnPassword',
    'setOwnPassword',
  ])
})

test.each([
  ['11 characters', 'a'.repeat(11), 'request_invalid'],
  ['1,001 characters', 'a'.repeat(1_001), 'request_invalid'],
  ['10 MB', 'a'.repeat(10_000_000), 'body_too_large'],
])('a password of %s is refused before it is hashed', async (_, password, code) => {
  await expect(dev.root('setOwnPassword', { body: { password } })).rejects.toMatchObject({ code })
  expect(hashes()).toEqual([])
})

test.each([
  ['12', 'a'.repeat(12)],
  ['1,000', '\u0001'.repeat(1_000)],
])('a password of %s characters is taken, however JSON writes them', async (_, password) => {
  await dev.root('setOwnPassword', { body: { password } })
  expect((await signIn('root', password)).apiKey.identity).toBe('root')
})

test('a sign-in of 10 MB is refused for its size, before anything is looked at', async () => {
  const password = 'a'.repeat(10_000_000)
  await expect(stranger('signIn', { body: { name: 'root', password } })).rejects.toMatchObject({
    code: 'body_too_large',
    details: { maxBytes: 16_384 },
  })
})

test('the same letters composed another way are the same password', async () => {
  await dev.root('setOwnPassword', { body: { password: 'caf\u00e9 au lait, s’il' } })
  expect((await signIn('root', 'cafe\u0301 au lait, s’il')).apiKey.identity).toBe('root')
})

test('a password is kept as Argon2id in PHC format, in no answer and no event, and not at all once it ended', async () => {
  await dev.root('setOwnPassword', { body: { password: first } })
  expect(hashes()).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)])
  await signIn('root', first)
  await dev.root('setOwnPassword', { body: { password: second, current: first } })
  expect(hashes('select hash from passwords order by ended_at is null')).toEqual([null, expect.any(String)])
  const told = JSON.stringify([await dev.root('listAuditEvents', {}), await dev.root('listApiKeys', {})])
  for (const secret of [first, second, 'argon2']) expect(told).not.toContain(secret)
})

test('a flood of sign-ins is worked off in turns, and what does not fit is told to come again', async () => {
  await dev.root('setOwnPassword', { body: { password: first } })
  clock.ms += 61_000
  const before = process.memoryUsage.rss()
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss())
  }, 5)
  const codes = await Promise.all(
    Array.from({ length: 80 }, () =>
      stranger('signIn', { body: { name: 'root', password: first } }).then(
        () => 'signed in',
        ({ code }) => code as string,
      ),
    ),
  )
  clearInterval(watch)
  expect(Object.entries(Object.groupBy(codes, (code) => code)).map(([code, all]) => [code, all!.length])).toEqual(
    expect.arrayContaining([
      ['signed in', 52],
      ['sign_in_busy', 28],
    ]),
  )
  // Two hashes at once, not eighty: 80 of them would hold 1.5 GB.
  expect(highest - before).toBeLessThan(400 * 1024 * 1024)
})

test('a hash of an older cost still opens, and is replaced by one of today’s', async () => {
  await dev.root('setOwnPassword', { body: { password: first } })
  const pepper = await readFile(`${dev.dir}/pepper`)
  const old = await hashPassword(first, pepper, { memoryKib: 64, passes: 1, lanes: 1 })
  const db = new DatabaseSync(`${dev.dir}/workspace.db`)
  db.prepare('update passwords set hash = ?').run(old)
  db.close()
  await expect(signIn('root', second)).rejects.toMatchObject({ code: 'sign_in_refused' })
  expect(hashes()).toEqual([old])
  const { call } = await signIn('root', first)
  expect(hashes()).toEqual([expect.stringContaining('$m=19456,t=2,p=1$')])
  expect((await call('whoami', {})).actor.name).toBe('root')
  await signIn('root', first)
})

test('wrong passwords are slowed and counted together, as wrong keys are', async () => {
  await dev.root('setOwnPassword', { body: { password: first } })
  const guess = () => stranger('signIn', { body: { name: 'root', password: second } }).catch(({ code }) => code)
  const startedAtMs = performance.now()
  const codes = await Promise.all(Array.from({ length: 30 }, guess))
  expect(new Set(codes)).toEqual(new Set(['sign_in_refused']))
  expect(performance.now() - startedAtMs).toBeGreaterThan(29 * 20)
  clock.ms += 61_000
  await guess()
  const failures = (await events('authentication.failed')).map(({ after }) => after)
  expect(failures).toMatchObject([{ failures: 1 }, { failures: 29 }, { failures: 1 }])
})
