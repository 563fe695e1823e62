import { type DeploymentSettingsChange, isHeld } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { sign, signerOf } from '../../test/decision-signing.ts'
import { type Deployed, deploy, servingSpec, storeSnapshot } from '../../test/deployments.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { project, runTraining } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces({ fourEyes: true })
let deployed: Deployed
let root: Call
let eve: Call
let meg: Call

beforeAll(async () => {
  root = both.production.root
  await runTraining(root, await trainModel({ seed: 1, trees: 2 }))
  meg = await both.production.as('meg', 'ml-engineer')
  await root('createUser', { body: { name: 'eve', roles: [{ project: '*', role: 'platform-admin' }] } })
  eve = callAs(both.production.workspace.fetch, await both.production.keyOf('eve'))
  await signerOf(root)
  await signerOf(eve)
  deployed = await deploy(both.production, { by: meg })
})

type Change = DeploymentSettingsChange
const change = (settings: Change) => meg('updateDeployment', { ...deployed.path, body: { settings } })
/** Only what is named of a part of the settings. */
const merged = (before: Awaited<ReturnType<typeof settings>>, { log, monitoring, limits: _, ...change }: Change) => ({
  ...{ ...before, ...change },
  log: { ...before.log, ...log },
  monitoring: { ...before.monitoring, ...monitoring },
})
const settings = async () => (await meg('showDeployment', deployed.path)).settings

const loosening: Change[] = [
  { onRecall: 'go-on' },
  { requiresKey: false },
  { log: { retentionDays: 365 } },
  { log: { retentionDays: 30 } },
  { monitoring: { psi: { warn: 0.1, breach: 0.4 } } },
  { monitoring: { psi: null } },
  { monitoring: { minRows: 5_000 } },
  { monitoring: { windowRows: 100_000 } },
  { monitoring: { windowSeconds: 86_400 } },
  { monitoring: { keepWindows: 10 } },
]

test.each(loosening)('%j waits for a second person, and is in force with their approval', async (looser) => {
  const before = await settings()
  const held = await change(looser)
  if (!isHeld(held)) throw new Error('It was done at once.')
  const { id, digest } = held.change
  expect(held.change).toMatchObject({ operation: 'updateDeployment', subject: 'deployment cancer-api', project })
  expect(await settings()).toEqual(before)
  const decision = { verdict: 'approved', subject: { kind: 'change', id }, digest, reason: null } as const
  await eve('approveChange', { changeId: id, body: { signature: await sign(eve, decision) } })
  expect(await settings()).toEqual(merged(before, looser))
  const { items } = await root('listAuditEvents', { type: 'deployment.updated' })
  expect(items[0]).toMatchObject({ actor: { name: 'meg' } })
})

test('what lets nobody answer more, and what takes it back, is done at once', async () => {
  const stricter: Change[] = [
    ...[{ port: 8_123 }, { onRecall: 'stop' as const }, { requiresKey: true }],
    ...[{ log: { retentionDays: 400 } }, { log: { retentionDays: null } }, { log: { durable: true } }],
    ...[{ monitoring: { psi: { warn: 0.1, breach: 0.2 } } }, { monitoring: { ks: { warn: 0.2, breach: 0.3 } } }],
    { monitoring: { keepWindows: 2_000 } },
  ]
  for (const strict of stricter) expect(isHeld(await change(strict))).toBe(false)
})

test('a deployment is not made that way in one go', async () => {
  const looser = [
    ...[{ onRecall: 'go-on' as const }, { requiresKey: false }, { log: { retentionDays: 30 } }],
    { monitoring: { shift: null } },
  ]
  for (const settings of looser) {
    const made = deploy(both.production, { by: meg, name: 'open-api', settings })
    await expect(made).rejects.toMatchObject({ code: 'deployment_loosens' })
  }
})

test('other code waits where a drift hook would be called no more', async () => {
  const hooks = (drift: string[]) => ({ success: [], failure: [], ...(drift.length > 0 && { drift }) })
  const redeploy = async (drift: string[]) => {
    const snapshotId = await storeSnapshot(root, servingSpec({ hooks: hooks(drift) }))
    return await meg('updateDeployment', { ...deployed.path, body: { snapshotId } })
  }
  expect(isHeld(await redeploy(['governance/hooks/a.ts']))).toBe(false)
  expect(isHeld(await redeploy(['governance/hooks/a.ts', 'governance/hooks/b.ts']))).toBe(false)
  expect(isHeld(await redeploy(['governance/hooks/a.ts']))).toBe(true)
  expect(isHeld(await redeploy([]))).toBe(true)
})
