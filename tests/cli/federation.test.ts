import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf } from './airlock.ts'
import { production, sharedProject } from './project.ts'

const claims = { sub: 'repo:bank/models', repository_id: '7', environment: 'production' }

const project = sharedProject()
let issuer: OAuth2Server
/** What GitHub runs beside a job: answers with a token for the audience that is asked for. */
let actions: Server

beforeAll(async () => {
  issuer = new OAuth2Server()
  await issuer.issuer.keys.generate('RS256')
  await issuer.start(0, '127.0.0.1')
  actions = createServer(async ({ url, headers }, response) => {
    const aud = new URL(url!, 'http://x').searchParams.get('audience')
    const scopesOrTransform = (_: unknown, payload: object) =>
      Object.assign(payload, { ...claims, aud, jti: randomUUID() })
    const value = await issuer.issuer.buildToken({ scopesOrTransform, expiresIn: 300 })
    response.statusCode = headers.authorization === 'Bearer of-this-job' ? 200 : 401
    response.end(JSON.stringify(response.statusCode === 200 ? { value } : {}))
  })
  await new Promise<void>((resolve) => actions.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => actions.close(resolve))
  await issuer.stop()
})

const ofProduction = ['--workspace', production]
const jobEnv = (bearer: string) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(actions.address() as AddressInfo).port}/token?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
})

test('a job signs in with its token, and the key goes with the rule', async () => {
  const { airlock } = project
  await jsonOf(airlock, 'service-account', 'create', 'ci', '--role', 'ml-engineer', ...ofProduction)
  const pairs = Object.entries(claims).flatMap(([name, text]) => ['--claim', `${name}=${text}`])
  const named = ['--issuer', issuer.issuer.url!, '--audience', `airlock://${production}`, '--service-account', 'ci']
  const rule = await jsonOf<{ id: string }>(airlock, 'federation', 'create', ...named, ...pairs, ...ofProduction)
  const job = airlockIn(project.dir, jobEnv('of-this-job'))
  const signedIn = await jsonOf(job, 'login', production, '--oidc')
  expect(signedIn).toMatchObject({ workspace: production, actor: { name: 'ci', person: 'ada' } })
  expect(await jsonOf(job, 'whoami')).toMatchObject({ actor: { name: 'ci' } })
  await jsonOf(airlock, 'federation', 'remove', rule.id, '--reason', 'Moved', '--as', 'ada', ...ofProduction)
  expect((await job('whoami')).stderr).toContain('unauthenticated')
})

test('outside of a job, and where GitHub refuses, the message says what the job needs', async () => {
  const outside = await project.airlock('login', production, '--oidc')
  expect([outside.code, outside.stderr]).toEqual([1, expect.stringContaining('id-token: write')])
  const refused = await airlockIn(project.dir, jobEnv('of-another'))('login', production, '--oidc')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('GitHub answered 401')])
})
