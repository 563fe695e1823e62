import { isHeld } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { sign, signerOf } from '../../test/decision-signing.ts'
import { type Deployed, deploy } from '../../test/deployments.ts'
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

type Change = { onRecall?: 'stop' | 'go-on'; requiresKey?: boolean; port?: number }
const change = (settings: Change) => meg('updateDeployment', { ...deployed.path, body: { settings } })
const settings = async () => (await meg('showDeployment', deployed.path)).settings

test.each([{ onRecall: 'go-on' }, { requiresKey: false }] as const)(
  '%j waits for a second person, and is in force with their approval',
  async (looser) => {
    const before = await settings()
    const held = await change(looser)
    if (!isHeld(held)) throw new Error('It was done at once.')
    const { id, digest } = held.change
    expect(held.change).toMatchObject({ operation: 'updateDeployment', subject: 'deployment cancer-api', project })
    expect(await settings()).toEqual(before)
    const decision = { verdict: 'approved', subject: { kind: 'change', id }, digest, reason: null } as const
    await eve('approveChange', { changeId: id, body: { signature: await sign(eve, decision) } })
    expect(await settings()).toEqual({ ...before, ...looser })
    const { items } = await root('listAuditEvents', { type: 'deployment.updated' })
    expect(items[0]).toMatchObject({ actor: { name: 'meg' } })
  },
)

test('what lets nobody answer more, and what takes it back, is done at once', async () => {
  for (const strict of [{ port: 8_123 }, { onRecall: 'stop' }, { requiresKey: true }] as const)
    expect(isHeld(await change(strict))).toBe(false)
})

test('a deployment is not made that way in one go', async () => {
  for (const settings of [{ onRecall: 'go-on' }, { requiresKey: false }] as const) {
    const made = deploy(both.production, { by: meg, name: 'open-api', settings })
    await expect(made).rejects.toMatchObject({ code: 'deployment_loosens' })
  }
})
