import { hash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '@airlock-ml/client'
import {
  DeploymentSettings,
  DeploymentTarget,
  Guards,
  PlatformError,
  type ServedVersion,
  type ServiceReport,
} from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, loadRisk, riskKeys, silent, startRiskService } from '../../test/risk-service.ts'
import { canMount, mountSmallDisk } from '../../test/small-disk.ts'
import type { Service } from '../answer/start-service.ts'
import { type Following, type FollowOptions, followTarget } from './follow-target.ts'
import { openKeptBytes } from './kept-bytes.ts'
import { keptTarget } from './kept-target.ts'
import { reportOfAll } from './service-report.ts'

const bytesOf = (number: number) => Buffer.from(`model ${number}`)
const versionOf = (number: number): ServedVersion => ({
  ...{ id: `01a20da1-0000-7000-8000-${String(number).padStart(12, '0')}`, model: 'risk', number },
  ...{ sourceWorkspace: 'dev', sourceNumber: number, digest: hash('sha256', bytesOf(number)), artifacts: {} },
})
const targetOf = (number: number | null, over: Partial<DeploymentTarget> = {}): DeploymentTarget => {
  const target = {
    ...{ deploymentId: versionOf(9).id, name: 'risk-api', project: 'p', pipeline: 'answering' },
    ...{
      snapshotId: versionOf(8).id,
      settings: DeploymentSettings.parse({}),
      keys: riskKeys.map((key) => ({ ...key, id: versionOf(7).id })),
    },
    ...{ champion: number === null ? null : versionOf(number), whyNobody: number === null ? 'It was recalled.' : null },
    ...{ challenger: null, whyNoChallenger: null, inputsKey: 'a2V5', ...over },
  }
  return DeploymentTarget.parse({ revision: hash('sha256', JSON.stringify(target)), ...target })
}

/** A workspace that says what a test makes it say. */
function workspaceOf(first: DeploymentTarget) {
  const said = {
    target: first,
    error: null as PlatformError | null,
    missing: new Set<number>(),
    /** Whose bytes stop in the middle. */
    cut: new Set<number>(),
    reports: [] as ServiceReport[],
  }
  let wake = () => {}
  const client = {
    showDeploymentTarget: async ({ known, waitMs = 0 }: { known?: string; waitMs?: number }) => {
      if (!said.error && known === said.target.revision && waitMs > 0)
        await new Promise<void>((resolve) => (wake = resolve))
      if (said.error) throw said.error
      return said.target
    },
    reportService: async ({ body }: { body: ServiceReport }) => {
      said.reports.push(body)
      return { revision: said.target.revision }
    },
    getBlob: async ({ sha256 }: { sha256: string }) => {
      const number = [1, 2, 3, 4].find((each) => versionOf(each).digest === sha256) ?? 0
      if (said.missing.has(number)) throw new PlatformError('blob_damaged', `The store has no model ${number}.`)
      return (async function* () {
        yield bytesOf(number).subarray(0, 3)
        if (said.cut.has(number)) throw new Error('The connection ended.')
        yield bytesOf(number).subarray(3)
      })()
    },
  }
  return {
    ...said,
    said,
    contact: <T>(talk: (client: Client) => Promise<T>) => talk(client as unknown as Client),
    say: (change: Partial<typeof said>) => {
      Object.assign(said, change)
      wake()
    },
  }
}

let dir: string
let service: Service
let following: Following | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-follow-'))
  service = await startRiskService({ champion: null })
})
afterEach(async () => {
  await following?.stop()
  following = undefined
  await service.drain(100)
  await rm(dir, { recursive: true, force: true })
})

const kept = () => keptTarget(join(dir, 'target.json'))

async function follow({ contact }: Pick<FollowOptions, 'contact'>, over: Partial<FollowOptions> = {}): Promise<void> {
  following = await followTarget({
    ...{ project: 'p', deployment: 'risk-api', service, contact, log: silent, kept: kept() },
    bytes: await openKeptBytes(dir),
    load: async (version, bytesOf) => {
      await bytesOf('model')
      return { ...(await loadRisk(version.number)), version }
    },
    logCounts: () => ({ logged: 0, logWaiting: 0, logLost: 0 }),
    onOver: () => {},
    ...over,
  })
}

/** Which version answers, or why none does. */
async function answers(): Promise<string | number> {
  const { status, body } = await ask(service, { row: { a: 1, b: 1 } })
  return status === 200 ? (body.model as { version: number }).version : String(body.code)
}

async function until(wanted: string | number): Promise<void> {
  for (let tries = 0; tries < 200 && (await answers()) !== wanted; tries += 1) await wait(20)
  expect(await answers()).toBe(wanted)
}

async function faultOf(wanted: string): Promise<void> {
  for (let tries = 0; tries < 100 && !following?.report().fault; tries += 1) await wait(20)
  expect(following?.report().fault).toContain(wanted)
}

test('each change is carried out, and nobody answers when nobody may', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  expect(await answers()).toBe(1)
  workspace.say({ target: targetOf(2) })
  await until(2)
  workspace.say({ target: targetOf(null) })
  await until('nobody_serves')
  expect(following?.report().lastSwap).toMatchObject({ from: 2, to: null })
  expect(workspace.said.reports.some(({ number }) => number === 2)).toBe(true)
})

test('a service that was never taken and is refused answers nothing, whatever it kept', async () => {
  await follow(workspaceOf(targetOf(1)))
  await following?.stop()
  const workspace = workspaceOf(targetOf(1))
  workspace.say({ error: new PlatformError('unauthenticated', 'The key is revoked.') })
  await follow(workspace)
  await until('nobody_serves')
})

test('one that is refused later answers for a while, and again when it is taken', async () => {
  const workspace = workspaceOf(targetOf(1))
  let nowMs = 0
  await follow(workspace, { refusedGraceMs: 60_000, now: () => new Date(nowMs) })
  workspace.say({ error: new PlatformError('unauthenticated', 'The key is revoked.') })
  await wait(100)
  expect([await answers(), following?.report().fault]).toEqual([1, 'The key is revoked.'])
  nowMs = 60_000
  await until('nobody_serves')
  workspace.say({ error: null })
  await until(1)
  expect(following?.report().fault).toBeNull()
})

test('a deployment that is no more ends it at once', async () => {
  const workspace = workspaceOf(targetOf(1))
  const over = Promise.withResolvers<string>()
  await follow(workspace, { onOver: over.resolve })
  workspace.say({ error: new PlatformError('deployment_not_found', 'It is gone.') })
  expect(await over.promise).toContain('deleted')
  expect(await answers()).toBe('nobody_serves')
})

test('while a version cannot be fetched the one before goes on, and a revoked key opens nothing, after a start too', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  workspace.say({ target: targetOf(2, { keys: [] }), missing: new Set([2]) })
  await until('service_key_refused')
  await faultOf('no model 2')
  expect(following?.report().number).toBe(1)
  expect(await kept().read()).toMatchObject({ keys: [], champion: { number: 1 }, revision: targetOf(1).revision })
  workspace.say({ target: targetOf(2), missing: new Set() })
  await until(2)
})

test('a workspace that goes in the middle of a swap leaves who answers, and nothing half', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  workspace.say({ target: targetOf(2), cut: new Set([2]) })
  await faultOf('The connection ended')
  workspace.say({ error: new PlatformError('workspace_unreachable', 'It is away.') })
  expect(await answers()).toBe(1)
  expect(await readdir(join(dir, 'versions'))).toEqual([versionOf(1).digest])
  await following?.stop()
  await follow(workspace)
  expect(await answers()).toBe(1)
  workspace.say({ error: null, cut: new Set() })
  await until(2)
})

test.skipIf(!canMount)(
  'on a full disk a recall ends the answers and a rollback is carried out; only what is not there yet has to wait',
  async () => {
    const disk = await mountSmallDisk(join(dir, 'disk'))
    const onDisk = keptTarget(join(dir, 'disk/target.json'))
    const isWell = () => expect.poll(() => following?.report().fault, { timeout: 5_000 }).toBeNull()
    const workspace = workspaceOf(targetOf(1))
    await follow(workspace, { kept: onDisk, bytes: await openKeptBytes(join(dir, 'disk')) })
    try {
      for (const { to, answered } of [
        { to: 2, answered: 1 },
        { to: 1, answered: 1 },
        { to: null, answered: 'nobody_serves' },
      ]) {
        const makeRoom = await disk.fill()
        workspace.say({ target: targetOf(to) })
        await faultOf('no space left')
        expect(await answers()).toBe(answered)
        expect((await onDisk.read())?.champion?.number).toBe(to === 1 ? 2 : 1)
        await makeRoom()
        await isWell()
        expect((await onDisk.read())?.champion?.number).toBe(to ?? undefined)
      }
    } finally {
      await following?.stop()
      disk.unmount()
    }
  },
  20_000,
)

const guarded = { guards: Guards.parse({}), since: '2026-05-01T12:00:00.000Z' }

test('a challenger that cannot be loaded holds up no other change', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  const canary = { version: versionOf(4), mode: 'canary' as const, share: 0.5, comparison: null, ...guarded }
  workspace.say({ target: targetOf(2, { challenger: canary }), missing: new Set([4]) })
  await until(2)
  await faultOf('no model 4')
})

test('the version before can come back without a store; what is older is removed', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  for (const number of [2, 3]) {
    workspace.say({ target: targetOf(number) })
    await until(number)
  }
  workspace.say({ target: targetOf(2), missing: new Set([1, 2, 3]) })
  await until(2)
  const files = await readdir(join(dir, 'versions'))
  expect(files.sort()).toEqual([versionOf(2).digest, versionOf(3).digest].sort())
})

test('of several changes at once the last one stands, and every request is answered', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace)
  let isDone = false
  const seen = new Set<string | number>()
  const load = (async () => {
    while (!isDone) seen.add(await answers())
  })()
  for (const number of [2, 3, 1, 4, 2, 3]) {
    workspace.say({ target: targetOf(number) })
    await wait(5)
  }
  await until(3)
  isDone = true
  await load
  expect([...seen].every((each) => typeof each === 'number')).toBe(true)
})

test('what the version before answers while the next one is loaded is counted', async () => {
  const workspace = workspaceOf(targetOf(1))
  await follow(workspace, {
    load: async (version) => {
      if (version.number === 2) await wait(200)
      return { ...(await loadRisk(version.number)), version }
    },
  })
  workspace.say({ target: targetOf(2) })
  await until(2)
  const swap = following?.report().lastSwap
  expect(swap?.oldAnswersAfterHeard).toBeGreaterThan(0)
  expect(Date.parse(swap?.lastOldAnswerAt ?? '')).toBeGreaterThanOrEqual(Date.parse(swap?.heardAt ?? ''))
})

test('a workspace that takes a question and never answers is asked again', async () => {
  const workspace = workspaceOf(targetOf(1))
  let asked = 0
  const contact: FollowOptions['contact'] = (talk) =>
    workspace.contact((client) =>
      talk({
        ...client,
        showDeploymentTarget: (input: never) => {
          asked += 1
          return asked === 2 ? new Promise<never>(() => {}) : client.showDeploymentTarget(input)
        },
      } as Client),
    )
  await follow({ contact }, { waitMs: 100 })
  workspace.say({ target: targetOf(2) })
  expect(await answers()).toBe(1)
  await until(2)
  expect(following?.report().fault).toBeNull()
})

test('what several processes say is one report', () => {
  const swap = { from: 1, to: 2, heardAt: 'a', swappedAt: 'b', lastOldAnswerAt: 'c', oldAnswersAfterHeard: 3 }
  const counts = { requests: 1, predictions: 2, refused: 0, failed: 0, logged: 0, logWaiting: 0, logLost: 0 }
  const own = { fault: null, counts, lastSwap: swap } as ServiceReport
  const other = { ...own, fault: 'slow', lastSwap: { ...swap, lastOldAnswerAt: 'd' } }
  expect(reportOfAll(own, [other])).toMatchObject({
    fault: 'slow',
    counts: { requests: 2, predictions: 4 },
    lastSwap: { lastOldAnswerAt: 'd', oldAnswersAfterHeard: 6 },
  })
  const elsewhere = { ...other, lastSwap: { ...swap, to: 5 } }
  expect(reportOfAll(own, [elsewhere]).lastSwap).toEqual(swap)
})
