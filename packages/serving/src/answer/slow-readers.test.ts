import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

const TIMEOUT_MS = 1_500
/** So many that the system does not take the whole answer for the client. */
const ROWS = 40_000

let service: Service
beforeAll(async () => {
  const limits = { timeoutMs: TIMEOUT_MS, bodyBytes: 10_000_000, rowsPerRequest: ROWS, waitingRows: ROWS }
  service = await startRiskService({ settings: { limits } })
})
afterAll(() => service.drain(0))

/** A client that has asked about many rows, with what it was promised when it began to read. */
async function askMany() {
  const client = rawClient(service.url)
  const body = JSON.stringify({ rows: Array.from({ length: ROWS }, () => ({ a: 1, b: 0 })) })
  client.send(rawRequest(body, { headers: 'content-type: application/json\r\n' }))
  const [, promised] = await client.hears(/content-length: (\d+)\r\n/)
  client.socket.pause()
  return { client, promised: Number(promised) }
}
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

test('a client that takes nothing of its answer is ended in time, and holds nobody up', async () => {
  const { client, promised } = await askMany()
  // The first time that it runs out is only taken for slow.
  for (const until = performance.now() + TIMEOUT_MS * 2.3; performance.now() < until; await sleep(50))
    expect(await ask(service, ROW)).toMatchObject({ status: 200 })
  client.socket.resume()
  expect(bodyOf(await client.ended).length).toBeLessThan(promised)
  expect(await ask(service, ROW)).toMatchObject({ status: 200 })
}, 20_000)

test('one that takes it slowly, for longer than that, gets all of it', async () => {
  const { client, promised } = await askMany()
  const from = performance.now()
  client.socket.on('data', () => client.socket.pause())
  while (bodyOf(client.heard()).length < promised) {
    client.socket.resume()
    await sleep(14)
  }
  client.socket.destroy()
  expect(performance.now() - from).toBeGreaterThan(TIMEOUT_MS)
  expect(bodyOf(client.heard()).length).toBe(promised)
}, 20_000)
