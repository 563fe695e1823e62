import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ComparisonDefinition, type Grade } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { compareAs, result } from '../../test/comparing.ts'
import { approvePromotion } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let there: Call
let here: Call
let ada: Call
const digests: string[] = []
const definition = ComparisonDefinition.parse({ name: 'q', model, positive: 'malignant', margins: { accuracy: 0.05 } })
const found = { ...result, metrics: {}, definition }
/** Three versions, each trained on other data; 2 and 3 were compared with 1. */
beforeAll(async () => {
  there = both.dev.root
  here = both.production.root
  await there('applyComparison', { project, body: definition })
  ada = await both.production.as('ada', 'approver')
  for (const seed of [1, 2, 3]) {
    const { model: made } = await runTraining(there, await trainModel({ seed }), { seed })
    digests.push(made!.digest!)
  }
  await compareAs(there, { ...result, verdict: 'worse' }, { version: { number: 2 }, champion: { number: 1 } })
  await compareAs(there, found, { version: { number: 2 }, champion: { number: 1 } })
  await compareAs(there, { ...result, verdict: 'better' }, { version: { number: 3 }, champion: { number: 1 } })
  // The source may say of itself what it likes.
  using db = new DatabaseSync(join(both.dev.dir, 'workspace.db'))
  db.exec("update comparisons set grade = 'witnessed'")
})

async function exported(number: number) {
  if ((await there('showModel', { project, model })).stages.staging !== number)
    await there('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
  return (await there('exportModelVersion', { project, model, body: { number } })).bundle
}

/** Asks production for a version, has it verified, and approves it where it may come in. */
async function bring(number: number) {
  const { uri } = await exported(number)
  const { id } = await here('requestPromotion', { project, body: { model, bundle: { uri } } })
  await both.production.workspace.advance(id)
  const asked = await here('showPromotion', { project, promotionId: id })
  if (asked.state !== 'awaiting_approval') return asked
  await approvePromotion(ada, asked)
  await both.production.workspace.advance(id)
  return here('showPromotion', { project, promotionId: id })
}

const gateOf = (grade: Grade, verdicts = "['no champion', 'better', 'not worse']") => ({
  name: 'compared',
  expression: `comparison.verdict in ${verdicts}`,
  grade,
  message: 'It was not shown to be as good as the champion.',
  remedy: 'airlock run champion-challenger',
})
const policyOf = (stage: 'staging' | 'production', grade: Grade, verdicts?: string) => ({
  name: stage,
  stage,
  gates: [gateOf(grade, verdicts)],
  approvals: { required: stage === 'production' ? 1 : 0 },
})
const outcome = async (number: number) => {
  const { state, gates } = await bring(number)
  const { verdict, message, values } = gates.find(({ name }) => name === 'compared')!
  return { state, verdict, message, says: values['comparison.verdict'] }
}

test('they are listed newest first, a page at a time, and by version on either side', async () => {
  const one = await there('listComparisons', { project, model, limit: 2 })
  expect(one.items).toMatchObject([
    { challenger: { number: 3, digest: digests[2] }, champion: { number: 1, digest: digests[0] }, recalled: null },
    {
      challenger: { number: 2 },
      grade: 'witnessed',
      workspace: 'enterprise-dev-staging',
      result: { verdict: result.verdict },
    },
  ])
  const rest = await there('listComparisons', { project, model, limit: 2, cursor: one.nextCursor! })
  expect(rest.items).toMatchObject([{ challenger: { number: 2 }, result: { verdict: 'worse' } }])
  expect(rest.nextCursor).toBeNull()
  const of = async (number: number) => (await there('listComparisons', { project, model, number })).items.length
  expect([await of(1), await of(2), await of(3)]).toEqual([3, 2, 1])
  await expect(there('listComparisons', { project, model, number: 9 })).rejects.toMatchObject({
    code: 'model_version_not_found',
  })
  await expect(there('listComparisons', { project, model: 'nothing' })).rejects.toMatchObject({
    code: 'model_not_found',
  })
})

test('a bundle carries what its source found, which production shows, and takes for a claim', async () => {
  await here('applyPolicy', { project, body: policyOf('production', 'asserted') })
  expect(await outcome(1)).toMatchObject({ state: 'completed', says: 'no champion' })
  expect(await outcome(2)).toMatchObject({ state: 'completed', says: 'not worse' })
  const { items } = await here('listComparisons', { project, model })
  expect(items).toMatchObject([
    {
      workspace: 'enterprise-dev-staging',
      champion: { number: 1, digest: digests[0] },
      challenger: { number: 2, digest: digests[1] },
      grade: 'asserted',
      result: { verdict: result.verdict, reason: result.reason },
    },
  ])
})

test('by what it was judged counts by what is registered in production, not by what the bundle says', async () => {
  const { items } = await here('listComparisons', { project, model, number: 2 })
  const said = (await there('listComparisons', { project, model, number: 2 })).items[0]!.result.definition
  expect(said).toMatchObject({ name: 'q', registered: true, beforehand: true })
  expect(items[0]!.result.definition).toMatchObject({ name: 'q', digest: said.digest, registered: false, latest: null })
})

test('one with another champion than who holds production says nothing there, and a claim is never witnessed', async () => {
  expect(await outcome(3)).toMatchObject({ state: 'refused', verdict: 'failed' })
  await here('rollbackModel', { project, model, body: { stage: 'production', toNumber: 1, reason: 'Worse in use.' } })
  await here('applyPolicy', { project, body: policyOf('production', 'witnessed') })
  expect(await outcome(3)).toMatchObject({
    state: 'refused',
    verdict: 'failed',
    message: expect.stringContaining('asserted'),
  })
})

test('a recalled champion reaches what was compared with it: no gate takes it, until the recall is lifted', async () => {
  const ask = async (verdicts?: string) => {
    const body = { spec: policyOf('staging', 'asserted', verdicts), model, subject: { number: 3 } }
    const { verdict, gates } = await there('testPolicy', { project, body })
    return { verdict, says: gates[0]!.values['comparison.verdict'] }
  }
  await there('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  expect(await ask()).toEqual({ verdict: 'passed', says: 'better' })
  const target = { model, number: 1 }
  const { recall, reach } = await there('recall', { project, body: { target, reason: 'Wrong labels.', dryRun: false } })
  expect(reach.counts.comparisons).toBe(3)
  expect(reach.comparisons[0]).toMatchObject({ champion: 1, challenger: 3, workspace: 'enterprise-dev-staging' })
  expect(await ask()).toEqual({ verdict: 'refused', says: 'recalled' })
  expect(await ask("['recalled', 'better']")).toEqual({ verdict: 'passed', says: 'recalled' })
  const { items } = await there('listComparisons', { project, model, number: 3 })
  expect(items[0]?.recalled).toMatch(/^the champion .* 1 is recalled: .*Wrong labels\.$/)
  const ben = await both.dev.as('ben', 'platform-admin')
  await ben('liftRecall', { project, recallId: recall!.id, body: { reason: 'They were right.' } })
  expect(await ask()).toEqual({ verdict: 'passed', says: 'better' })
})

test('so does recalled data that only the comparison has read', async () => {
  const { run } = await compareAs(
    there,
    { ...result, reason: 'On other rows.' },
    { version: { number: 3 }, champion: { number: 2 } },
  )
  const made = (await there('showRun', { project, runId: run.id })).steps[0]!.outputs.comparison!.digest
  await there('recall', { project, body: { target: { artifact: made }, reason: 'Wrong rows.', dryRun: false } })
  const { items } = await there('listComparisons', { project, model, number: 3 })
  expect(items.map(({ recalled }) => recalled)).toEqual([
    `it descends from artifact ${made}, which is recalled: Wrong rows.`,
    null,
  ])
})
