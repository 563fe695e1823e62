import { setTimeout as sleep } from 'node:timers/promises'
import { DeploymentSettings } from '@airlock-ml/contract'
import { afterEach, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, loadRisk, riskKeys, type Said, SECRET, startRiskService } from '../../test/risk-service.ts'
import type { LoadedVersion } from './loaded-version.ts'
import type { Service } from './start-service.ts'

let service: Service
afterEach(() => service.drain(0))

const champion = (loaded: LoadedVersion) => ({ champion: loaded, whyNobody: null, canary: null })
const numberOf = ({ body }: Said) => (body.model as { version: number }).version

/** Asks from so many connections until told to stop. */
function underLoad(connections: number): { said: Said[]; stop: () => Promise<void> } {
  const said: Said[] = []
  let isOver = false
  const clients = Array.from({ length: connections }, async () => {
    while (!isOver) said.push(await ask(service, ROW))
  })
  return {
    said,
    stop: async () => {
      isOver = true
      await Promise.all(clients)
    },
  }
}

test('the version is changed again and again under load: every request is answered, by the version it names', async () => {
  service = await startRiskService()
  const { said, stop } = underLoad(8)
  let lastEven: Date | null = null
  for (let number = 4; number < 16; number++) {
    // Odd ones say the opposite.
    const loaded = await loadRisk(number, { yes: number % 2 ? [0, 0, 1, 1] : [1, 1, 0, 0] })
    lastEven = await service.change(champion(loaded))
    expect(lastEven).toBeInstanceOf(Date)
    expect(service.router.champion()?.number).toBe(number)
    await sleep(5)
  }
  await stop()
  expect(new Set(said.map(({ status }) => status))).toEqual(new Set([200]))
  for (const answer of said) expect(answer.body.label).toBe(numberOf(answer) % 2 ? 'yes' : 'no')
  expect(new Set(said.map(numberOf)).size).toBeGreaterThan(6)
})

test('of two changes at once the later one stands, and nobody is left without an answer', async () => {
  service = await startRiskService()
  const { said, stop } = underLoad(4)
  const [four, five] = await Promise.all([loadRisk(4), loadRisk(5)])
  const changed = await Promise.all([service.change(champion(four)), service.change(champion(five))])
  expect(changed.every((left) => left instanceof Date)).toBe(true)
  expect(numberOf(await ask(service, ROW))).toBe(5)
  await stop()
  expect(new Set(said.map(({ status }) => status))).toEqual(new Set([200]))
  // The one in between answered nobody, or only what it was asked, and is closed.
  await expect(four.answer(new Float32Array(2), 1)).rejects.toThrow('closed')
})

test('what comes while a service starts waits for the version, and is refused when there is none', async () => {
  const started = Promise.withResolvers<void>()
  service = await startRiskService({ champion: null, starting: started.promise })
  const early = ask(service, ROW)
  await sleep(20)
  await service.change(champion(await loadRisk(4)))
  started.resolve()
  expect(numberOf(await early)).toBe(4)
  await service.change({ champion: null, canary: null, whyNobody: 'Nobody holds the stage.' })
  expect((await ask(service, ROW)).body.code).toBe('nobody_serves')
})

test('a canary answers its share of the keys, always the same ones, and goes on when it becomes the champion', async () => {
  service = await startRiskService()
  const [three, four] = [await loadRisk(3), await loadRisk(4, { yes: [1, 1, 0, 0] })]
  await service.change({ ...champion(three), canary: { loaded: four, share: 0.3 } })
  const keys = Array.from({ length: 300 }, (_, at) => `patient ${at}`)
  const numbers = async () =>
    await Promise.all(keys.map(async (key) => numberOf(await ask(service, { row: { a: 1, b: 0 }, key }))))
  const first = await numbers()
  expect(await numbers()).toEqual(first)
  const share = first.filter((number) => number === 4).length / keys.length
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.4)
  await service.change({ ...champion(three), canary: { loaded: four, share: 0.6 } })
  const wider = await numbers()
  expect(first.every((number, at) => number === 3 || wider[at] === 4)).toBe(true)
  const { said, stop } = underLoad(4)
  await service.change(champion(four))
  await sleep(20)
  await stop()
  expect(new Set(said.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(await numbers())).toEqual(new Set([4]))
})

test('where nobody may answer any more callers with a key hear why, and others that it is so, until somebody may', async () => {
  service = await startRiskService()
  const why = 'Version 3 was recalled by root: wrong labels of two hospitals.'
  const said = async (path: string, authorization: string) => {
    const method = path === '/v1/predict' ? { method: 'POST', body: ROW } : {}
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await fetch(`${service.url}${path}`, { ...method, headers })
    const { code, detail } = (await answer.json()) as { code: string; detail: string }
    return [answer.status, code, detail]
  }
  await service.change({ champion: null, canary: null, whyNobody: why, isRecalled: true })
  for (const path of ['/readyz', '/openapi.json']) {
    expect(await said(path, `Bearer ${SECRET}`)).toEqual([503, 'nobody_serves', why])
    for (const authorization of ['', 'Bearer wrong', SECRET])
      expect(await said(path, authorization)).toEqual([503, 'nobody_serves', 'No version answers (recalled).'])
  }
  expect(await said('/v1/predict', `Bearer ${SECRET}`)).toEqual([503, 'nobody_serves', why])
  expect(await (await fetch(service.url)).text()).not.toContain('hospitals')
  service.reconfigure({ settings: DeploymentSettings.parse({ requiresKey: false }), keys: riskKeys })
  expect(await said('/v1/predict', '')).toEqual([503, 'nobody_serves', 'No version answers (recalled).'])
  expect(await said('/v1/predict', `Bearer ${SECRET}`)).toEqual([503, 'nobody_serves', why])
  service.reconfigure({ settings: DeploymentSettings.parse({}), keys: riskKeys })
  await service.change({ champion: null, canary: null, whyNobody: 'The secret was replaced.' })
  expect(await said('/readyz', '')).toEqual([503, 'nobody_serves', 'No version answers.'])
  expect(await said('/readyz', `Bearer ${SECRET}`)).toEqual([503, 'nobody_serves', 'The secret was replaced.'])
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
  await service.change(champion(await loadRisk(2)))
  expect(numberOf(await ask(service, ROW))).toBe(2)
})

test('a drain loses no request: what was asked is answered, also what is on its way on connections there are', async () => {
  service = await startRiskService()
  const clients = Array.from({ length: 20 }, () => rawClient(service.url))
  for (const client of clients) client.send(rawRequest(ROW))
  for (const client of clients) await client.hears(/"label":"yes"[\s\S]*\}\}/)
  const half = rawClient(service.url)
  half.send(rawRequest(ROW).slice(0, -4))
  await sleep(5)
  const drained = service.drain(2_000)
  const late = clients.map(async (client, at) => {
    await sleep(at * 5)
    client.send(rawRequest(ROW))
    return await client.ended
  })
  await sleep(50)
  half.send(rawRequest(ROW).slice(-4))
  expect((await fetch(`${service.url}/readyz`).catch(() => null))?.status).toBeUndefined()
  for (const text of [...(await Promise.all(late)), await half.ended]) {
    expect(text.match(/HTTP\/1\.1 200/g)?.length).toBe(text.match(/HTTP\/1\.1/g)?.length)
    expect(text).toMatch(/connection: close[\s\S]*"label":"yes"[\s\S]*\}\}$/i)
  }
  await drained
})

test('a drain ends those who do not come to an end', async () => {
  service = await startRiskService()
  const stuck = rawClient(service.url)
  stuck.send(rawRequest(ROW).slice(0, -4))
  await sleep(10)
  const startedAt = performance.now()
  await service.drain(100)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  await stuck.ended
})
