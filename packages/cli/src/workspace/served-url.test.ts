import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layout } from '../project/layout.ts'
import { servedUrl } from './served-url.ts'

let dir: string
let server: Server
let url: string
beforeAll(async () => {
  dir = await mkdtemp(`${tmpdir()}/airlock-served-`)
  await mkdir(layout(dir).workspace('dev'), { recursive: true })
  server = createServer((_request, response) => response.end(JSON.stringify({ name: 'dev' }))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(dir, { recursive: true })
})

const lock = (workspace: string, content: object) => writeFile(layout(dir).server(workspace), JSON.stringify(content))

test('without a lock file nobody serves', async () => {
  expect(await servedUrl(dir, 'prod')).toBeNull()
})

test('a lock of a process that answers as the workspace gives its address', async () => {
  await lock('dev', { pid: process.pid, url })
  expect(await servedUrl(dir, 'dev')).toBe(url)
})

test('a lock of a dead process is nothing', async () => {
  await lock('dev', { pid: 2 ** 22 + 1, url })
  expect(await servedUrl(dir, 'dev')).toBeNull()
})

test('a lock whose port another workspace has now is nothing', async () => {
  await mkdir(layout(dir).workspace('prod'), { recursive: true })
  await lock('prod', { pid: process.pid, url })
  expect(await servedUrl(dir, 'prod')).toBeNull()
})

test('a lock whose port nobody has is nothing', async () => {
  await lock('dev', { pid: process.pid, url: 'http://127.0.0.1:1' })
  expect(await servedUrl(dir, 'dev')).toBeNull()
})
