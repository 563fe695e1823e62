import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startRiskService()
})
afterAll(() => service.drain(0))

test.each([
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset="UTF8"',
  'application/json; charset=us-ascii',
  'application/json; profile="x"',
])('a body of the kind %s is read', async (type) => {
  for (const path of ['/v1/predict', '/invoke']) {
    const body = path === '/invoke' ? '{"parameters":{"patient":{"a":1,"b":0}}}' : ROW
    expect(await ask(service, body, { path, headers: { 'content-type': type } })).toMatchObject({ status: 200 })
  }
})

test.each([
  'text/plain',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/ld+json',
  'application/jsonp',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json, text/plain',
  'json',
  '*/*',
])('a body of the kind %s is refused, whatever it holds, with what is read', async (type) => {
  const { status, headers, body } = await ask(service, ROW, { headers: { 'content-type': type } })
  expect([status, body.code, body.detail]).toEqual([
    415,
    'media_type_unsupported',
    `A body of the kind ${JSON.stringify(type)} is not read.`,
  ])
  expect([headers.get('accept'), headers.get('accept-encoding')]).toEqual(['application/json', 'identity'])
})

test('a body that is packed is refused, and one that is said not to be is read', async () => {
  for (const encoding of ['gzip', 'br', 'identity, gzip', 'deflate', 'zstd']) {
    const said = await ask(service, new Uint8Array(gzipSync(ROW)), { headers: { 'content-encoding': encoding } })
    expect(said).toMatchObject({ status: 415, body: { detail: expect.stringContaining(JSON.stringify(encoding)) } })
  }
  for (const encoding of ['identity', 'Identity'])
    expect(await ask(service, ROW, { headers: { 'content-encoding': encoding } })).toMatchObject({ status: 200 })
})

test('a body of which nothing is said is read, unless a browser sends it', async () => {
  const client = rawClient(service.url)
  client.send(rawRequest(ROW) + rawRequest(ROW, { headers: 'origin: https://evil.example\r\n' }) + rawRequest(ROW))
  await client.hears(/(HTTP\/1\.1 [\s\S]*){3}"yes"[\s\S]*\}\}$/)
  const statuses = [...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toEqual(['200', '415', '200'])
  client.socket.destroy()
})

test('whoever has no key is told that first', async () => {
  const headers = { authorization: '', 'content-type': 'text/plain' }
  expect(await ask(service, ROW, { headers })).toMatchObject({ status: 401 })
})
