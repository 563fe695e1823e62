import { createHmac } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { type Issuer, startIssuer } from '../../test/issuer.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, trainingSpec } from '../../test/two-workspaces.ts'

const audience = 'airlock://enterprise-dev-staging'
const job = {
  sub: 'repo:bank/models:environment:production',
  repository_id: '8812345',
  repository: 'bank/models',
  job_workflow_ref: 'bank/models/.github/workflows/train.yml@refs/heads/main',
  environment: 'production',
}

const { dev } = sharedWorkspaces()
let stranger: Call
let issuer: Issuer
let url: string

beforeAll(async () => {
  stranger = callAs(dev.workspace.fetch, null)
  issuer = await startIssuer({ ...job, aud: audience })
  url = issuer.url
  await dev.as('ann', 'ml-engineer')
  await dev.root('createServiceAccount', {
    body: { name: 'ci', owner: 'ann', roles: [{ project, role: 'data-scientist' }] },
  })
  const { sub, repository_id, job_workflow_ref, environment } = job
  const claims = { sub, repository_id, job_workflow_ref, environment }
  await dev.root('createFederationRule', { body: { issuer: url, audience, claims, serviceAccount: 'ci' } })
})
afterAll(() => issuer.stop())

const token = (change: Record<string, unknown> = {}) => issuer.token(change)
const exchange = (text: string) => stranger('exchangeToken', { body: { token: text } })
const refuses = async (text: string, why: RegExp) => {
  await expect(exchange(text)).rejects.toMatchObject({
    code: 'federation_token_refused',
    message: expect.stringMatching(why),
  })
}

test('the job that a rule names signs in for a quarter of an hour, as a witness', async () => {
  const { apiKey, secret } = await exchange(await token())
  expect(apiKey).toMatchObject({ identity: 'ci' })
  const lifeMs = Date.parse(apiKey.expiresAt!) - Date.parse(apiKey.createdAt)
  expect([lifeMs > 14 * 60_000, lifeMs <= 15 * 60_000]).toEqual([true, true])
  const ci = callAs(dev.workspace.fetch, secret)
  const snapshot = await ci('createSnapshot', { project, body: trainingSpec() })
  const { run } = await ci('startRun', { project, body: { snapshotId: snapshot.id } })
  expect(run).toMatchObject({ grade: 'witnessed', startedBy: 'ci' })
  const { items } = await dev.root('listAuditEvents', { type: 'federation.signed-in' })
  expect(items[0]).toMatchObject({
    actor: { name: 'ci', person: 'ann' },
    after: { issuer: url, claims: { repository_id: '8812345', environment: 'production' } },
  })
  const [started] = (await dev.root('listAuditEvents', { type: 'run.started' })).items
  expect(started!.actor).toMatchObject({ name: 'ci', apiKeyId: apiKey.id, signedInBy: 'token' })
})

test('a run with a key that an admin made is no witness', async () => {
  const ci = callAs(dev.workspace.fetch, await dev.keyOf('ci'))
  const snapshot = await ci('createSnapshot', { project, body: trainingSpec() })
  expect((await ci('startRun', { project, body: { snapshotId: snapshot.id } })).run.grade).toBe('asserted')
})

test('a token is taken once', async () => {
  const once = await token()
  await exchange(once)
  await refuses(once, /exchanged before/)
})

test('a token of another repository, a fork, a renamed one, another workflow or environment is refused', async () => {
  await refuses(await token({ repository_id: '999' }), /fit no rule/)
  await refuses(await token({ repository_id: '999', repository: 'bank/models' }), /fit no rule/)
  await refuses(
    await token({ job_workflow_ref: 'bank/models/.github/workflows/evil.yml@refs/heads/main' }),
    /fit no rule/,
  )
  await refuses(await token({ environment: 'staging' }), /fit no rule/)
  await refuses(await token({ environment: undefined }), /fit no rule/)
  await refuses(await token({ environment: ['production'] }), /fit no rule/)
})

test('a token that is expired, not yet valid, too long-lived, or for somebody else is refused', async () => {
  const nowSeconds = Math.floor(Date.now() / 1_000)
  await refuses(await token({ exp: nowSeconds - 60 }), /"exp"/)
  await refuses(await token({ nbf: nowSeconds + 600 }), /"nbf"/)
  await refuses(await token({ exp: nowSeconds + 86_400 }), /longer than 3600/)
  await refuses(await token({ aud: 'airlock://enterprise-production' }), /"aud"/)
  await refuses(await token({ jti: undefined }), /"jti"/)
})

test('an unsigned token, one signed with our public key as a secret, and one by another issuer’s key are refused', async () => {
  const [, payload, signature] = (await token()).split('.')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  await refuses(`${part({ alg: 'none' })}.${payload}.`, /alg|Algorithm|Signature|JWS/i)
  const head = part({ alg: 'HS256', typ: 'JWT' })
  const publicKey = JSON.stringify(issuer.server.issuer.keys.toJSON()[0])
  const confused = createHmac('sha256', publicKey).update(`${head}.${payload}`).digest('base64url')
  await refuses(`${head}.${payload}.${confused}`, /alg/i)
  await refuses(
    `${part({ alg: 'RS256', kid: issuer.server.issuer.keys.toJSON()[0]!.kid })}.${part({ ...job, iss: url })}.${signature}`,
    /signature/i,
  )
  await refuses('not a token', /no JSON Web Token/)
})

test('refused tokens are counted together, so that they leave a trace and cannot fill the log', async () => {
  const counted = async () => (await dev.root('listAuditEvents', { type: 'authentication.failed' })).items
  await expect(exchange('not a token')).rejects.toMatchObject({ code: 'federation_token_refused' })
  expect((await counted()).length).toBeGreaterThan(0)
  expect((await counted()).length).toBeLessThan(3)
})

test('an issuer that no rule names is never asked', async () => {
  const other = await startIssuer({ ...job, aud: audience })
  let asked = 0
  other.server.service.on('beforeWellKnownOpenIdConfiguration', () => void asked++)
  await fetch(`${other.url}/.well-known/openid-configuration`)
  expect(asked).toBe(1)
  await refuses(await other.token(), /no rule names the issuer/)
  expect(asked).toBe(1)
  await other.stop()
})

test('the keys of an issuer are asked for once, and used for the tokens that follow', async () => {
  await exchange(await token())
  const asked: string[] = []
  const notice = (message: unknown) => {
    const { origin, path } = (message as { request: { origin: string; path: string } }).request
    if (url.startsWith(origin)) asked.push(path)
  }
  subscribe('undici:request:create', notice)
  try {
    for (let each = 0; each < 5; each++) await exchange(await token())
    expect(asked).toEqual([])
    // What hears the requests hears one that is made.
    await fetch(new URL('/jwks', url)).then((answer) => answer.text())
    expect(asked).toEqual(['/jwks'])
  } finally {
    unsubscribe('undici:request:create', notice)
  }
})

test('a key the issuer has rotated to is found', async () => {
  await exchange(await token())
  const { kid } = await issuer.server.issuer.keys.generate('ES256')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  expect((await exchange(await issuer.token({}, kid))).apiKey.identity).toBe('ci')
})

test('a rule that binds to what others can get is refused', async () => {
  const github = 'https://token.actions.githubusercontent.com'
  const make = (body: object) =>
    dev.root('createFederationRule', { body: { issuer: url, audience, claims: {}, serviceAccount: 'ci', ...body } })
  await expect(make({})).rejects.toMatchObject({ code: 'federation_rule_invalid', details: { needs: ['sub'] } })
  await expect(
    make({ issuer: github, claims: { repository: 'bank/models', environment: 'production' } }),
  ).rejects.toMatchObject({
    code: 'federation_rule_invalid',
    details: { needs: ['repository_id', 'job_workflow_ref'] },
  })
  await expect(make({ issuer: 'http://issuer.example', claims: { sub: 'x' } })).rejects.toMatchObject({
    code: 'federation_rule_invalid',
  })
  await expect(make({ claims: { sub: 'x' }, serviceAccount: 'ann' })).rejects.toMatchObject({
    code: 'identity_not_found',
  })
})

test('removing a rule ends the keys its tokens were exchanged for', async () => {
  const { secret } = await exchange(await token())
  const [rule] = (await dev.root('listFederationRules', {})).items
  await dev.root('removeFederationRule', { ruleId: rule!.id, body: { reason: 'The workflow moved.' } })
  await expect(callAs(dev.workspace.fetch, secret)('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  await refuses(await token(), /no rule names/)
})
