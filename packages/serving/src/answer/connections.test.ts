import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, SECRET, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

const TIMEOUT_MS = 300

let service: Service
beforeAll(async () => {
  service = await startRiskService({ settings: { limits: { timeoutMs: TIMEOUT_MS, bodyBytes: 100_000 } } })
})
afterAll(() => service.drain(0))

/** What buffers hold, without what only waits to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().arrayBuffers
}

const answersOthers = async () => expect(await ask(service, ROW)).toMatchObject({ status: 200 })
const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

test('a client that sends its headers, or its body, byte by byte is told so and ended', async () => {
  const whole = rawRequest(ROW)
  const slow = [0, whole.indexOf('\r\n\r\n') + 6].map(async (from) => {
    const client = rawClient(service.url)
    client.send(whole.slice(0, from))
    let isOver = false
    void client.ended.then(() => (isOver = true))
    for (const byte of whole.slice(from)) {
      if (isOver) break
      client.send(byte)
      await sleep(TIMEOUT_MS / 3)
    }
    return await client.ended
  })
  await answersOthers()
  for (const text of await Promise.all(slow)) {
    expect(statusesIn(text)).toEqual([408])
    expect(text).toContain('"code":"request_too_slow"')
  }
})

test('a body of 100 MB is refused before it comes, or after its first part, and is not kept', async () => {
  const announced = rawClient(service.url)
  announced.send(
    `POST /v1/predict HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\ncontent-length: 104857600\r\n\r\n`,
  )
  await announced.hears(/413 Payload Too Large[\s\S]*connection: close[\s\S]*ask_too_large/i)
  announced.socket.destroy()

  const asking = rawClient(service.url)
  const head = `POST /v1/predict HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\nexpect: 100-continue\r\n`
  asking.send(`${head}content-length: 104857600\r\n\r\n`)
  await asking.hears(/413/)
  expect(asking.heard()).not.toContain('100 Continue')
  asking.socket.destroy()
  const welcome = rawClient(service.url)
  welcome.send(`${head}content-length: ${ROW.length}\r\n\r\n`)
  await welcome.hears(/100 Continue/)
  welcome.send(ROW)
  await welcome.hears(/200 OK/)
  welcome.socket.destroy()

  const before = heldBytes()
  const endless = rawClient(service.url)
  endless.send(
    `POST /v1/predict HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\ntransfer-encoding: chunked\r\n\r\n`,
  )
  const part = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`)
  for (let sent = 0; sent < 100 * 2 ** 20 && !endless.socket.destroyed; sent += part.length)
    if (!endless.socket.write(part)) await sleep(1)
  expect(statusesIn(await endless.ended)).toEqual([413])
  // What is collected is freed a little later.
  await expect.poll(() => heldBytes() - before, { timeout: 10_000 }).toBeLessThan(20 * 2 ** 20)
  await answersOthers()
})

test('a client that leaves in the middle of its body, or before its answer, harms nobody', async () => {
  for (let i = 0; i < 20; i++) {
    const client = rawClient(service.url)
    client.send(i % 2 ? rawRequest(ROW) : rawRequest(ROW).slice(0, -5))
    await sleep(1)
    client.socket.destroy()
  }
  await answersOthers()
  expect(service.router.waitingRows()).toBe(0)
})

test('requests sent one behind the other are answered in their order', async () => {
  const client = rawClient(service.url)
  const bodies = [ROW, '{', '{"row":{"a":0,"b":0}}', '{"row":{}}', ROW]
  client.send(bodies.map((body) => rawRequest(body)).join(''))
  await client.hears(/(HTTP\/1\.1 [\s\S]*){5}"yes"[\s\S]*\}\}$/)
  expect(statusesIn(client.heard())).toEqual([200, 400, 200, 422, 200])
  expect([...client.heard().matchAll(/"label":"(\w+)"/g)].map(([, label]) => label)).toEqual(['yes', 'no', 'yes'])
  client.socket.destroy()
})

test('a client of HTTP/1.0 gets its answer and the end of the connection', async () => {
  const client = rawClient(service.url)
  client.send(rawRequest(ROW, { version: '1.0' }))
  expect(await client.ended).toMatch(/200 OK[\s\S]*"label":"yes"/)
})

test('what is no HTTP, and headers without end, are refused as problems', async () => {
  const nonsense = rawClient(service.url)
  nonsense.send('HELO mail\r\n\r\n')
  expect(await nonsense.ended).toMatch(
    /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"request_invalid"/,
  )
  const long = rawClient(service.url)
  long.send(rawRequest(ROW, { headers: `x-long: ${'x'.repeat(20_000)}\r\n` }))
  expect(await long.ended).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/)
  const two = rawClient(service.url)
  two.send(rawRequest(ROW, { headers: 'content-length: 3\r\ntransfer-encoding: chunked\r\n' }))
  expect(await two.ended).toMatch(/^HTTP\/1\.1 400 /)
  await answersOthers()
})
