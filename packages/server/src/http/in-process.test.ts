import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, sha256 } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let key: string

beforeAll(async () => {
  key = await both.dev.keyOf('root')
})

type Init = { method?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> }
const base = 'http://workspace/api/v1'
const authorized = ({ headers, ...init }: Init) => ({
  ...init,
  headers: { authorization: `Bearer ${key}`, 'X-Request-ID': 'same', ...headers },
})
const local = (path: string, init: Init = {}) => both.dev.workspace.fetch(`${base}${path}`, authorized(init))
/** With a request of the platform, as a server gets it. */
const platform = (path: string, init: Init = {}) =>
  both.dev.workspace.fetch(new Request(`${base}${path}`, authorized(init)))

const seen = async (response: Response) => ({
  ok: response.ok,
  status: response.status,
  type: response.headers.get('Content-Type'),
  requestId: response.headers.get('x-request-id'),
  retry: response.headers.get('retry-after'),
  body: await response.text(),
})

test('what a client of its own gets is what a request of the platform gets', async () => {
  const calls: [string, Init?][] = [
    ['/whoami'],
    ['/projects?limit=1'],
    [`/projects/${project}/stacks/test-stack`],
    ['/nowhere'],
    ['/projects', { method: 'POST', body: '{"name":"../etc"}' }],
    ['/projects', { method: 'POST', body: '{' }],
    ['/projects', { method: 'POST', body: 'x'.repeat(33 * 1024 * 1024) }],
    ['/whoami', { headers: { authorization: 'Bearer alk_x_y' } }],
    ['/projects/a%2F..%2Fb'],
    ['/../whoami'],
  ]
  for (const [path, init] of calls) {
    expect({ path, ...(await seen(await local(path, init))) }).toEqual({
      path,
      ...(await seen(await platform(path, init))),
    })
  }
})

test('bytes go in and come out as they are', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251)
  const path = `/projects/${project}/blobs/${sha256(bytes)}`
  expect(await (await local(path, { method: 'PUT', body: bytes })).json()).toMatchObject({ sizeBytes: bytes.length })
  expect(Buffer.from(await new Response((await local(path)).body).arrayBuffer())).toEqual(Buffer.from(bytes))
})
