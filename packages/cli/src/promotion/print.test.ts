import type { Promotion, PromotionState } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { coloursFor } from '../output/colours.ts'
import { outcomeResult } from './print.ts'

const digest = 'a'.repeat(64)
const promotion: Promotion = {
  id: '0198c0de-0000-7000-8000-000000000001',
  project: 'cancer-detection',
  model: 'breast_cancer_classifier',
  stage: 'production',
  state: 'awaiting_approval',
  bundle: { uri: 'file:///x/bundles/1', digest },
  source: { workspace: 'enterprise-dev-staging', number: 7 },
  plan: {
    model: 'breast_cancer_classifier',
    stage: 'production',
    bundleDigest: digest,
    policyVersion: 2,
    policyDigest: digest,
    currentHolder: { number: 3, digest },
  },
  planDigest: digest,
  gates: [
    {
      name: 'accuracy',
      verdict: 'failed',
      expression: 'metrics.accuracy >= 0.95',
      grade: 'recomputed',
      values: { 'metrics.accuracy': 0.91 },
      message: 'The model is not accurate enough',
      remedy: 'Train again',
    },
  ],
  difference: null,
  approvals: [
    {
      by: 'ben',
      person: 'ben',
      planDigest: 'b'.repeat(64),
      decision: 'approved',
      reason: null,
      at: '2026-01-01T00:00:00Z',
      expiresAt: null,
      keyFingerprint: 'f'.repeat(64),
      signature: 'c2lnbmF0dXJl',
    },
  ],
  approvalsRequired: 1,
  approvalRoles: ['approver'],
  version: null,
  runId: null,
  refusal: null,
  requestedBy: 'ci',
  requestedByPerson: 'ada',
  requestedClaims: null,
  requesters: ['alice', 'ada'],
  requestedAt: '2026-01-01T00:00:00Z',
  endedAt: null,
}
const context = { colours: coloursFor({}, {}), now: () => new Date('2026-01-01T12:00:00Z') } as Context
const outcome = (change: Partial<Promotion>) =>
  outcomeResult({ ...promotion, ...change }, { context, workspace: 'enterprise-production' })

test.each([
  ['requested', 3],
  ['awaiting_approval', 3],
  ['approved', 3],
  ['completed', 0],
  ['refused', 1],
  ['rejected', 1],
] as [PromotionState, number][])('a promotion that is %s ends the command with %d', (state, code) => {
  expect(outcome({ state }).exitCode).toBe(code)
})

test('one that awaits approval prints the exact command for an approver, and who may not be it', async () => {
  const text = await outcome({}).text()
  expect(text).toContain(
    'airlock promotion approve 0198c0de-0000-7000-8000-000000000001 --workspace enterprise-production --as APPROVER',
  )
  expect(text).toContain('another person than ada')
})

test('an approval of an earlier plan is shown and not counted', async () => {
  expect(await outcome({}).text()).toContain('0 of 1 by approver: ben approved an earlier plan')
})

test('an approval that has run out is shown and not counted', async () => {
  const [given] = promotion.approvals
  const text = await outcome({
    planDigest: 'b'.repeat(64),
    approvals: [{ ...given!, expiresAt: '2026-01-01T11:00:00.000Z' }],
  }).text()
  expect(text).toContain('0 of 1 by approver: ben approved, which has run out')
})

test.each([
  ['signature_invalid', 'does not count: the signature is not by their key over this'],
  ['key_ended', 'does not count: its key was ended'],
  ['approver_disabled', 'does not count: they are disabled'],
] as const)('a decision with the fault %s is shown with it and not counted', async (fault, why) => {
  const [given] = promotion.approvals
  const text = await outcome({ planDigest: 'b'.repeat(64), approvals: [{ ...given!, fault }] }).text()
  expect(text).toContain(`0 of 1 by approver: ben approved, ${why}`)
})

test('a failed gate says what it saw, what that means and what to do', async () => {
  const text = await outcome({}).text()
  for (const part of ['failed', 'metrics.accuracy = 0.91', 'not accurate enough', 'do Train again']) {
    expect(text).toContain(part)
  }
})

test('a refusal says why and what to do, and offers no next command', async () => {
  const refusal = { code: 'bundle_untrusted', message: 'Signed by nobody known.', remedy: 'Add its key.' }
  const text = await outcome({ state: 'refused', refusal }).text()
  expect(text).toContain('Signed by nobody known. (bundle_untrusted)')
  expect(text).toContain('Add its key.')
  expect(text).not.toContain('airlock promotion approve')
})

test('the document of --json is the resource itself', () => {
  expect(outcome({}).data).toEqual(promotion)
})
