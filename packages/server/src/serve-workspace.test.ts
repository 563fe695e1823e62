import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callAs } from '../test/call.ts'
import { freshWorkspaces } from '../test/shared-workspaces.ts'
import { trainModel } from '../test/trained-model.ts'
import { model, project, sha256, stageAndExport } from '../test/two-workspaces.ts'
import { silentLog } from './log.ts'
import { type ServedWorkspace, serveWorkspace } from './serve-workspace.ts'

const both = freshWorkspaces({ approvals: 0 })
let served: ServedWorkspace

beforeEach(async () => {
  served = await serveWorkspace({ dir: both.production.dir, exchange: both.exchange, log: silentLog })
})
afterEach(() => served.close())

test('a served workspace says where it is, answers over HTTP, and its worker imports what is asked for', async () => {
  expect(JSON.parse(await readFile(join(both.production.dir, 'server.json'), 'utf8'))).toEqual({
    pid: process.pid,
    url: served.url,
  })
  const key = await both.production.keyOf('root')
  const call = callAs((input, init) => fetch(String(input).replace('http://workspace', served.url), init), key)
  const { bundle } = await stageAndExport(both.dev.root, await trainModel({ seed: 1, trees: 2 }))
  const { id } = await call('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  await expect
    .poll(async () => (await call('showPromotion', { project, promotionId: id })).state, { timeout: 10_000 })
    .toBe('completed')
  const { digest } = await call('showModelVersion', { project, model, number: 1 })
  const bytes = await new Response((await call('getBlob', { project, sha256: digest })) as ReadableStream).bytes()
  expect(bytes.byteLength).toBeGreaterThan(1_000)
})

test('a workspace that stops finishes what is under way, refuses what is new, and its lock file goes', async () => {
  const bytes = Buffer.from('slowly sent')
  const gate = Promise.withResolvers<void>()
  const body = ReadableStream.from(
    (async function* () {
      yield bytes.subarray(0, 4)
      await gate.promise
      yield bytes.subarray(4)
    })(),
  )
  const headers = { authorization: `Bearer ${await both.production.keyOf('root')}` }
  const upload = fetch(`${served.url}/api/v1/projects/${project}/blobs/${sha256(bytes)}`, {
    method: 'PUT',
    body,
    headers,
    duplex: 'half',
  })
  await sleep(200)
  const closed = served.close()
  const answer = await fetch(`${served.url}/readyz`).then(
    ({ status }) => status,
    () => 'refused',
  )
  expect([503, 'refused']).toContain(answer)
  gate.resolve()
  expect(await (await upload).json()).toEqual({ digest: sha256(bytes), sizeBytes: bytes.byteLength })
  await closed
  await expect(readFile(join(both.production.dir, 'server.json'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a port that is taken is an error of the system, and leaves nothing open', async () => {
  const port = Number(new URL(served.url).port)
  const again = serveWorkspace({ dir: both.dev.dir, exchange: both.exchange, port, log: silentLog })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
