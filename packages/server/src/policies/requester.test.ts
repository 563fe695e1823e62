import type { PolicySpec, Promotion } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { approvePromotion, signerOf } from '../../test/decision-signing.ts'
import { type Issuer, startIssuer } from '../../test/issuer.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, passing, project, runTraining, stageAndExport } from '../../test/two-workspaces.ts'

const promoteJob = {
  repository_id: '8812345',
  job_workflow_ref: 'bank/models/.github/workflows/promote.yml@refs/heads/main',
  environment: 'production',
}
const audience = 'airlock://here'

const both = sharedWorkspaces({ approvals: 0 })
let issuer: Issuer
let trained: TrainedModel
let seed = 1
beforeAll(async () => {
  issuer = await startIssuer({ ...promoteJob, sub: 'job', aud: audience })
  trained = await trainModel({ seed: 1 })
  for (const { root, as } of [both.dev, both.production]) {
    await as('ann', 'ml-engineer')
    const roles = [{ project, role: 'ml-engineer' as const }]
    await root('createServiceAccount', { body: { name: 'ci', owner: 'ann', roles } })
    // The rule lets every job of the issuer in, so that it is the policy that tells them apart.
    const rule = { issuer: issuer.url, audience, claims: { sub: 'job' }, serviceAccount: 'ci' }
    await root('createFederationRule', { body: rule })
  }
  await both.production.root('applyPolicy', { project, body: policy('production') })
})
afterAll(() => issuer.stop())

const policy = (stage: 'staging' | 'production', change: Partial<PolicySpec> = {}) => ({
  name: stage,
  stage,
  gates: passing,
  requested_by: { iss: issuer.url, sub: 'job', ...promoteJob },
  ...change,
})
/** A caller whose key was got for a token of the issuer. */
async function job(of: 'dev' | 'production', change: Record<string, unknown> = {}): Promise<Call> {
  const { fetch } = both[of].workspace
  const { secret } = await callAs(fetch, null)('exchangeToken', { body: { token: await issuer.token(change) } })
  return callAs(fetch, secret)
}
const nextBundle = async () =>
  (await stageAndExport(both.dev.root, await trainModel({ seed: ++seed }), { seed })).bundle.uri
const ask = (by: Call, uri: string): Promise<Promotion> =>
  by('requestPromotion', { project, body: { model, bundle: { uri } } })
const settled = async ({ id }: Promotion) => {
  await both.production.workspace.advance(id)
  return both.production.root('showPromotion', { project, promotionId: id })
}

test('the job that the policy names brings a bundle in, and its claims stay with the promotion', async () => {
  const asked = await ask(await job('production'), await nextBundle())
  const done = await settled(asked)
  expect(done).toMatchObject({ state: 'completed', requestedBy: 'ci', requestedClaims: promoteJob })
  expect(done.gates[0]).toMatchObject({ name: 'requested_by', verdict: 'passed', grade: 'witnessed' })
  const { items } = await both.production.root('listAuditEvents', { type: 'promotion.requested' })
  expect(items[0]).toMatchObject({ subject: { id: asked.id }, after: { claims: promoteJob } })
})

test.each<[string, RegExp, () => Promise<Call>]>([
  [
    'a key of a laptop',
    /not asked for by a job/,
    async () => callAs(both.production.workspace.fetch, await both.production.keyOf('ann')),
  ],
  [
    'a stored key of the same account',
    /not asked for by a job/,
    async () => callAs(both.production.workspace.fetch, await both.production.keyOf('ci')),
  ],
  [
    'a job in another environment',
    /environment is staging, not production/,
    () => job('production', { environment: 'staging' }),
  ],
  ['a job without an environment', /environment is not there/, () => job('production', { environment: undefined })],
  [
    'a fork, or a repository made again under the name',
    /repository_id is 999/,
    () => job('production', { repository_id: '999' }),
  ],
  [
    'a renamed repository',
    /job_workflow_ref is bank\/renamed/,
    () => job('production', { job_workflow_ref: 'bank/renamed/.github/workflows/promote.yml@refs/heads/main' }),
  ],
  [
    'the workflow of another branch',
    /job_workflow_ref is/,
    () => job('production', { job_workflow_ref: promoteJob.job_workflow_ref.replace('main', 'evil') }),
  ],
  ['claims that are a list', /environment is not there/, () => job('production', { environment: ['production'] })],
])('%s may not ask, and the attempt is on record', async (_, why, caller) => {
  const by = await caller()
  await expect(ask(by, await nextBundle())).rejects.toMatchObject({
    code: 'requester_not_allowed',
    message: expect.stringMatching(why),
  })
  const { items } = await both.production.root('listAuditEvents', { type: 'request.refused' })
  expect(items[0]).toMatchObject({
    outcome: 'refused',
    after: { code: 'requester_not_allowed' },
    reason: expect.stringMatching(why),
  })
})

test('a job cannot say in its request who it is', async () => {
  const by = callAs(both.production.workspace.fetch, await both.production.keyOf('ann'))
  const body = { model, bundle: { uri: await nextBundle() }, requestedClaims: promoteJob }
  await expect(by('requestPromotion', { project, body } as never)).rejects.toMatchObject({ code: 'request_invalid' })
})

test('the plan says whether the caller may ask, without asking', async () => {
  const body = { model, bundle: { uri: await nextBundle() } }
  const by = callAs(both.production.workspace.fetch, await both.production.keyOf('ann'))
  const refused = await by('planPromotion', { project, body })
  expect(refused.verdict).toBe('refused')
  expect(refused.gates[0]).toMatchObject({ name: 'requested_by', verdict: 'failed', values: { environment: null } })
  expect((await (await job('production'))('planPromotion', { project, body })).verdict).toBe('passed')
})

test('it is asked again in the transaction that imports', async () => {
  const { root } = both.production
  await root('applyPolicy', {
    project,
    body: policy('production', { approvals: { required: 1, roles: ['approver'] } }),
  })
  const bea = await both.production.as('bea', 'approver')
  await signerOf(bea)
  const waiting = await settled(await ask(await job('production'), await nextBundle()))
  await approvePromotion(bea, waiting)
  const other = { iss: issuer.url, sub: 'job', ...promoteJob, environment: 'production-eu' }
  await root('applyPolicy', { project, body: policy('production', { requested_by: other }) })
  expect(await settled(waiting)).toMatchObject({
    state: 'refused',
    version: null,
    refusal: { code: 'requester_not_allowed' },
  })
  const { items } = await root('listAuditEvents', { type: 'promotion.refused' })
  expect(items[0]).toMatchObject({ outcome: 'refused', after: { code: 'requester_not_allowed' } })
  await root('applyPolicy', { project, body: policy('production') })
})

test('inside a workspace, too, only the job gives the stage, while anyone with the right takes it back', async () => {
  const { root, workspace } = both.dev
  const { number } = (await runTraining(root, trained)).model!
  await root('promoteModelVersion', { project, model, body: { stage: 'staging', number: number! } })
  const next = (await runTraining(root, trained, { again: true })).model!.number!
  await root('applyPolicy', { project, body: policy('staging') })
  const ann = callAs(workspace.fetch, await both.dev.keyOf('ann'))
  const promote = { project, model, body: { stage: 'staging' as const, number: next } }
  await expect(ann('promoteModelVersion', promote)).rejects.toMatchObject({ code: 'requester_not_allowed' })
  expect((await (await job('dev'))('promoteModelVersion', promote)).version.stage).toBe('staging')
  const back = await ann('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It drifts.' } })
  expect(back.to.number).toBe(number)
})

test.each<[string, Record<string, string>, RegExp]>([
  ['to a name that others can take', { repository: 'bank/models', environment: 'production' }, /no repository_id/],
  ['to an environment alone', { environment: 'production' }, /no job_workflow_ref/],
  ['to nothing', {}, /no repository_id/],
  ['to no subject of another issuer', { iss: 'https://issuer.example', environment: 'production' }, /no sub/],
])('a policy that binds its requester %s is refused', async (_, requested_by, why) => {
  const body = policy('production', { requested_by })
  await expect(both.production.root('applyPolicy', { project, body })).rejects.toMatchObject({
    code: 'policy_invalid',
    message: expect.stringMatching(why),
  })
})

test('no gate may pass itself off as the verdict on who asks', async () => {
  const body = policy('production', { gates: [{ ...passing[0]!, name: 'requested_by' }] })
  await expect(both.production.root('applyPolicy', { project, body })).rejects.toMatchObject({ code: 'policy_invalid' })
})
