import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  API_PREFIX,
  type AuditEvent,
  api,
  type KeyScope,
  mayDo,
  Role,
  type RoleBinding,
  type Route,
  rights,
} from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { sampleRequest } from '../../test/sample.ts'
import { createWorkspace, openWorkspace, type Workspace } from '../index.ts'

/** A key, the request's project and what must come of it. `known`: the workspace knows who was refused. */
type Case = { key: string | undefined; project: 'here' | 'there'; known: boolean; allowed: boolean }

const routes = Object.entries(api) as [keyof typeof api, Route][]
const actions = Object.keys(rights) as (keyof typeof rights)[]
const everywhere: RoleBinding[] = Role.options.map((role) => ({ project: '*', role }))

let dir: string
let workspace: Workspace
let root: Call
let nowMs = Date.parse('2030-01-01T00:00:00.000Z')
const keys = new Map<string, string>()
const dead = ['disabled', 'of a disabled person', 'expired', 'revoked', 'made up'] as const

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-rights-'))
  const now = () => new Date(nowMs)
  const exchange = join(dir, 'exchange')
  await mkdir(exchange)
  const born = { dir: join(dir, 'workspace'), name: 'under-test', project: 'here', admin: 'root', now }
  const { apiKey } = await createWorkspace(born)
  workspace = await openWorkspace({ dir: born.dir, exchange, now })
  root = callAs(workspace.fetch, apiKey)
  await root('createProject', { body: { name: 'there' } })
  for (const role of Role.options) {
    await person(`${role}-here`, [{ project: 'here', role }])
    await person(`${role}-everywhere`, [{ project: '*', role }])
  }
  await person('nobody', [])
  await person('all', everywhere)
  await keyOf('all', 'all bound to here', { scope: { project: 'here', actions: null } })
  for (const action of actions) {
    await keyOf('all', `only ${action}`, { scope: { project: null, actions: [action] } })
    const others = actions.filter((other) => other !== action)
    await keyOf('all', `all but ${action}`, { scope: { project: null, actions: others } })
  }
  await makeDeadKeys()
})
afterAll(async () => {
  await workspace.close()
  await rm(dir, { recursive: true })
})

test.each(routes)('%s answers whom the table names and changes nothing for anyone else', async (operation, route) => {
  const cases = casesOf(route)
  const before = await fingerprint(join(dir, 'workspace'))
  const refused = cases.filter(({ allowed }) => !allowed)
  await tellOfWrongKeys()
  const logged = (await root('listAuditEvents', { limit: 1 })).items[0]!.sequence
  for (const each of refused) {
    const answer = each.known ? [403, 'forbidden'] : [401, 'unauthenticated']
    expect([await send(route, each), named(each)]).toEqual([answer, named(each)])
  }
  expect(await fingerprint(join(dir, 'workspace'))).toBe(before)
  await expectTraces({ operation, after: logged, refused })
  for (const each of cases.filter(({ allowed }) => allowed)) {
    const [status, code] = await send(route, each)
    expect([code === 'forbidden' || code === 'unauthenticated', status >= 500, code, named(each)]).toEqual([
      false,
      false,
      code,
      named(each),
    ])
  }
})

test('every role is asked for every action, in its own project, another and everywhere', () => {
  const asked = new Set(routes.map(([, { action }]) => action))
  expect(actions.filter((action) => !asked.has(action))).toEqual([])
  expect(routes.flatMap(([, route]) => casesOf(route)).length).toBeGreaterThan(1_500)
})

test('what belongs to the workspace is for admins, but for what is public, about oneself, or to be read', () => {
  const ofWorkspace = routes.filter(([, { path }]) => !path.includes('{project}')).map(([, { action }]) => action)
  for (const action of ofWorkspace.filter((one) => one !== 'public' && one !== 'authenticated'))
    expect(mayDo(['platform-admin'], action)).toBe(true)
})

test('whoever has the role in a project only is told that the workspace’s own routes take it in every project', async () => {
  const here = callAs(workspace.fetch, keys.get('approver-here')!)
  const message = expect.stringContaining('approver or platform-admin, held in every project (`ROLE:*`)')
  await expect(here('listAuditEvents', {})).rejects.toMatchObject({ code: 'forbidden', message })
  await expect(here('listModels', { project: 'there' })).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.not.stringContaining('ROLE:*'),
  })
})

async function person(name: string, roles: RoleBinding[]): Promise<void> {
  await root('createUser', { body: { name, roles } })
  await keyOf(name, name)
}

async function keyOf(
  identity: string,
  label: string,
  { scope = { project: null, actions: null }, expiresAt = null }: { scope?: KeyScope; expiresAt?: string | null } = {},
): Promise<string> {
  const { apiKey, secret } = await root('createApiKey', { body: { identity, scope, expiresAt } })
  keys.set(label, secret)
  return apiKey.id
}

async function makeDeadKeys(): Promise<void> {
  await person('disabled', everywhere)
  await root('createServiceAccount', { body: { name: 'disabled-ci', owner: 'disabled', roles: everywhere } })
  await keyOf('disabled-ci', 'of a disabled person')
  await root('disableIdentity', { name: 'disabled' })
  await keyOf('all', 'expired', { expiresAt: new Date(nowMs + 1_000).toISOString() })
  await root('revokeApiKey', { id: await keyOf('all', 'revoked') })
  keys.set('made up', `alk_${'0'.repeat(24)}_${'A'.repeat(43)}`)
}

function casesOf(route: Route): Case[] {
  const { action } = route
  const inProject = route.path.includes('{project}')
  const isOpen = action === 'public' || action === 'authenticated'
  const may = (roles: Role[]) => isOpen || mayDo(roles, action)
  const places: Case['project'][] = inProject ? ['here', 'there'] : ['here']
  const stranger = { known: false, project: 'here' as const, allowed: action === 'public' }
  return [
    ...Role.options.flatMap((role) =>
      places.flatMap((project) => [
        { key: `${role}-everywhere`, project, known: true, allowed: may([role]) },
        // A role in one project gives nothing in another, and nothing of the workspace.
        {
          key: `${role}-here`,
          project,
          known: true,
          allowed: isOpen || (inProject && project === 'here' && may([role])),
        },
      ]),
    ),
    { key: 'nobody', project: 'here', known: true, allowed: isOpen },
    // What a bound key may do about oneself is the rule of each such verb.
    ...(isOpen ? [] : boundKeys(action, places, inProject)),
    { key: undefined, ...stranger },
    ...dead.map((key) => ({ key, ...stranger })),
  ]
}

const boundKeys = (action: string, places: Case['project'][], inProject: boolean): Case[] => [
  ...places.map((project) => ({
    key: 'all bound to here',
    project,
    known: true,
    allowed: inProject && project === 'here',
  })),
  { key: `only ${action}`, project: 'there', known: true, allowed: true },
  { key: `all but ${action}`, project: 'there', known: true, allowed: false },
]

/** Wrong keys and tokens that were counted, and not told of yet, become an event with the next. */
const tellOfWrongKeys = () => send(api.whoami, { key: 'made up', project: 'here', known: false, allowed: false })

const named = ({ key, project }: Case) => `${key} in ${project}`

/** The status, and the code of a problem. */
async function send(route: Route, { key, project, known }: Case): Promise<[number, string?]> {
  // Wrong keys within a minute are slowed down, which is shown elsewhere.
  if (!known) nowMs += 61_000
  const { path, body } = sampleRequest(route, project)
  const response = await workspace.fetch(`http://workspace${API_PREFIX}${path}`, {
    method: route.method,
    headers: key === undefined ? {} : { authorization: `Bearer ${keys.get(key)}` },
    ...(body !== undefined && { body: body as string }),
  })
  if (!response.ok) return [response.status, ((await response.json()) as { code: string }).code]
  await response.body?.cancel()
  return [response.status]
}

/** Each refusal of somebody known is one event that names them; wrong keys are events, and no key at all is none. */
async function expectTraces(seen: { operation: string; after: number; refused: Case[] }): Promise<void> {
  const { items } = await root('listAuditEvents', { limit: 200 })
  const events = items.filter(({ sequence }) => sequence > seen.after).reverse() as AuditEvent[]
  const traced = seen.refused
    .filter(({ key }) => key !== undefined)
    .map(({ key, known }) => (known ? ['request.refused', seen.operation, personOf(key!)] : ['authentication.failed']))
  const told = events.map(({ type, subject, actor }) =>
    type === 'request.refused' ? [type, subject.kind, actor.name] : [type],
  )
  expect(told).toEqual(traced)
}

const personOf = (key: string) => (/^(all|only) /.test(key) ? 'all' : key)

/** A fingerprint of all that a workspace holds, its rows and its files, except its audit log: that may grow. */
async function fingerprint(dir: string): Promise<string> {
  const hash = createHash('sha256')
  const db = new DatabaseSync(join(dir, 'workspace.db'), { readOnly: true })
  const tables = db.prepare(`select name from sqlite_master where type = 'table' order by name`).all()
  for (const { name } of tables) {
    if (name === 'audit_events' || name === 'audit_head') continue
    hash.update(JSON.stringify([name, db.prepare(`select * from ${name}`).all()]))
  }
  db.close()
  const files = await readdir(dir, { recursive: true })
  hash.update(JSON.stringify(files.filter((file) => !file.startsWith('workspace.db')).sort()))
  return hash.digest('hex')
}
