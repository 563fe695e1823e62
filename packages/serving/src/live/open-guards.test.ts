import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '@airlock-ml/client'
import { DeploymentSettings, DeploymentTarget, Guards, type ServedVersion } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, loadRisk, riskKeys, silent, startRiskService } from '../../test/risk-service.ts'
import type { Service } from '../answer/start-service.ts'
import { type Contact, type Following, followTarget } from '../follow/follow-target.ts'
import { openKeptBytes } from '../follow/kept-bytes.ts'
import { keptTarget } from '../follow/kept-target.ts'
import { type LiveGuards, openGuards } from './open-guards.ts'

const bytesOf = (number: number) => Buffer.from(`model ${number}`)
const versionOf = (number: number): ServedVersion => ({
  ...{ id: `01a20da1-0000-7000-8000-${String(number).padStart(12, '0')}`, model: 'risk', number },
  ...{ sourceWorkspace: 'dev', sourceNumber: number, digest: hash('sha256', bytesOf(number)), artifacts: {} },
})
/** Version 1 answers, beside it version 2 half of the keys. */
function targetOf(guards: Partial<Guards>, since = '2026-05-01T12:00:00.000Z', share = 0.5): DeploymentTarget {
  const target = {
    ...{ deploymentId: versionOf(9).id, name: 'risk-api', project: 'p', pipeline: 'answering', inputsKey: 'a2V5' },
    ...{ snapshotId: versionOf(8).id, settings: DeploymentSettings.parse({}), whyNobody: null, whyNoChallenger: null },
    keys: riskKeys.map((key) => ({ ...key, id: versionOf(7).id })),
    champion: versionOf(1),
    challenger: {
      ...{ version: versionOf(2), mode: 'canary', share, comparison: null, since },
      guards: Guards.parse({ p99Ratio: null, ...guards }),
    },
  }
  return DeploymentTarget.parse({ revision: hash('sha256', JSON.stringify(target)), ...target })
}

let dir: string
let target: DeploymentTarget
let isAway: boolean
let retreats: { number: number; reason: string }[]
let wake: () => void
let clock: Date
const client = {
  showDeploymentTarget: async ({ known, waitMs = 0 }: { known?: string; waitMs?: number }) => {
    if (known === target.revision && waitMs > 0) await new Promise<void>((resolve) => (wake = resolve))
    return target
  },
  reportService: async () => ({ revision: target.revision }),
  retreat: async ({ body }: { body: { number: number; reason: string } }) => {
    retreats.push(body)
    return { revision: target.revision }
  },
  getBlob: async ({ sha256 }: { sha256: string }) => {
    const number = [1, 2].find((each) => versionOf(each).digest === sha256)!
    return (async function* () {
      yield bytesOf(number)
    })()
  },
}
const contact: Contact = async (talk) => {
  if (isAway) throw new Error('away')
  return await talk(client as unknown as Client)
}

type Running = { service: Service; following: Following; guards: LiveGuards }
let running: Running
/** The canary fails where `b` is 9. */
async function start(): Promise<Running> {
  const guards = openGuards({ dir, project: 'p', deployment: 'risk-api', contact, log: silent, now: () => clock })
  await guards.load()
  const service = await startRiskService({ champion: null, observers: [guards] })
  const following = await followTarget({
    ...{ project: 'p', deployment: 'risk-api', service, contact, log: silent },
    kept: keptTarget(join(dir, 'target.json')),
    bytes: await openKeptBytes(dir),
    isHeldBack: guards.isHeldBack,
    onTarget: guards.follow,
    load: async (version, bytes) => {
      await bytes('model')
      const loaded = await loadRisk(version.number)
      const answer: typeof loaded.answer = (features, rows) => {
        if (version.number === 2 && features.includes(9)) throw new Error('no luck')
        return loaded.answer(features, rows)
      }
      return { ...loaded, version, answer }
    },
    logCounts: () => ({ logged: 0, logWaiting: 0, logLost: 0 }),
    onOver: () => {},
  })
  guards.onRetreat(() => void following.retreat())
  return { service, following, guards }
}
async function stop({ service, following, guards }: Running): Promise<void> {
  const stopped = following.stop()
  wake()
  await stopped
  await guards.close()
  await service.drain(100)
}
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-guards-'))
  isAway = false
  retreats = []
  wake = () => {}
  clock = new Date('2026-05-01T12:01:00.000Z')
})
afterEach(async () => {
  await stop(running)
  await rm(dir, { recursive: true, force: true })
})

/** Which versions answer `keys` keys, and with what status. */
async function answers(
  b: number,
  keys = 60,
): Promise<{ versions: Set<unknown>; failed: number; byKey: Map<string, unknown> }> {
  const byKey = new Map<string, unknown>()
  let failed = 0
  for (let at = 0; at < keys; at++) {
    const { status, body } = await ask(running.service, { row: { a: 1, b }, key: `key ${at}` })
    if (status !== 200) failed++
    else byKey.set(`key ${at}`, (body.model as { version: number }).version)
  }
  return { versions: new Set(byKey.values()), failed, byKey }
}

test('a canary that fails is taken out at once, told with the reason, and stays out after a start without the workspace', async () => {
  target = targetOf({ errorRate: 0.2 })
  running = await start()
  expect((await answers(1)).versions).toEqual(new Set([1, 2]))
  isAway = true
  const { failed } = await answers(9)
  expect(failed).toBeGreaterThan(10)
  await running.guards.look()
  expect(await answers(9)).toMatchObject({ versions: new Set([1]), failed: 0 })
  expect(retreats).toEqual([])
  await stop(running)
  running = await start()
  expect((await answers(1)).versions).toEqual(new Set([1]))
  isAway = false
  await running.guards.look()
  expect(retreats).toEqual([
    { number: 2, reason: expect.stringMatching(/^It failed on \d+ of \d+ rows in 300 s; 20 %/) },
  ])
  await running.guards.look()
  expect(retreats).toHaveLength(1)
})

test('one that is held back for a reason seen from outside answers nobody, and the workspace is told', async () => {
  target = targetOf({})
  running = await start()
  await running.guards.holdBack(target.challenger!, 'The process hung.')
  expect((await answers(1)).versions).toEqual(new Set([1]))
  await running.guards.look()
  expect(retreats).toEqual([{ number: 2, reason: 'The process hung.' }])
})

test('set anew after a retreat it answers again', async () => {
  target = targetOf({ maxMinutes: 5 })
  running = await start()
  clock = new Date('2026-05-01T12:06:00.000Z')
  await running.guards.look()
  expect((await answers(1)).versions).toEqual(new Set([1]))
  target = targetOf({ maxMinutes: 5 }, '2026-05-01T12:05:00.000Z')
  wake()
  for (let tries = 0; tries < 100 && !(await answers(1, 20)).versions.has(2); tries++) await wait(20)
  expect((await answers(1)).versions).toEqual(new Set([1, 2]))
})

test('one that does well stays, and whoever was let in stays in as it grows, over a restart', async () => {
  target = targetOf({}, undefined, 0.25)
  running = await start()
  const before = (await answers(1)).byKey
  await running.guards.look()
  await stop(running)
  isAway = true
  running = await start()
  expect((await answers(1)).byKey).toEqual(before)
  isAway = false
  target = targetOf({}, undefined, 0.5)
  for (let tries = 0; tries < 200 && running.following.report().revision !== target.revision; tries++) {
    wake()
    await wait(50)
  }
  const after = (await answers(1)).byKey
  const letIn = (answered: Map<string, unknown>) =>
    [...answered].flatMap(([key, version]) => (version === 2 ? key : []))
  expect(letIn(after)).toEqual(expect.arrayContaining(letIn(before)))
  expect(letIn(after).length).toBeGreaterThan(letIn(before).length)
  target = targetOf({}, undefined, 1)
  for (let tries = 0; tries < 200 && running.following.report().revision !== target.revision; tries++) {
    wake()
    await wait(50)
  }
  expect((await answers(1)).versions).toEqual(new Set([2]))
}, 20_000)
