import {
  type Api,
  type ComparisonDeclaration,
  predictionPart,
  type RegisteredComparison,
  type RouteInput,
} from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { type Deployed, deploy } from '../../test/deployments.ts'
import { type PartRow, partRow, registerRows } from '../../test/prediction-parts.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let deployed: Deployed
let digests: string[]
beforeAll(async () => {
  for (const seed of [1, 2, 3]) await runTraining(both.dev.root, await trainModel({ seed, trees: 2 + seed }))
  await promote(1)
  const digestOf = async (number: number) =>
    (await both.dev.root('showModelVersion', { project, model, number })).digest
  digests = [await digestOf(1), await digestOf(2), await digestOf(3)]
  deployed = await deploy(both.dev)
  await apply({})
  const challenger = { number: 2, mode: 'shadow' as const }
  await both.dev.root('updateDeployment', { ...deployed.path, body: { challenger, reason: null } })
})

const definition: ComparisonDeclaration = {
  ...{ name: 'live-quality', model, positive: 'malignant', margins: { accuracy: 0.05 } },
  metrics: ['accuracy', 'recall'],
  slices: [{ name: 'early', feature: 'radius', below: 100 }],
}
const apply = async (change: Partial<ComparisonDeclaration>) =>
  (await both.dev.root('applyComparison', { project, body: { ...definition, ...change } })) as RegisteredComparison
const compare = (body: { comparison?: string; challenger?: number; from?: string } = {}) =>
  both.dev.root('compareDeployment', { ...deployed.path, body })
const update = (body: RouteInput<Api['updateDeployment']>['body']) =>
  both.dev.root('updateDeployment', { ...deployed.path, body })
const promote = (number: number) =>
  both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
const target = () => deployed.service('showDeploymentTarget', deployed.path)
/** So many rows of a canary beside as many of the champion, and what they really were. */
async function answer(
  number: number,
  { beside = 1, rows: count = 120, isRight }: { beside?: number; rows?: number; isRight: boolean },
) {
  const truthOf = (at: number): PartRow['label'] => (at % 4 < 2 ? 'malignant' : 'benign')
  const canary = { role: 'canary' as const, number, digest: digests[number - 1]! }
  const rows = Array.from({ length: count }, (_, at) => {
    const truth = truthOf(at)
    if (at % 2 === 0) return partRow({ ...canary, label: isRight ? truth : (other(truth) as PartRow['label']) })
    return partRow({ number: beside, digest: digests[beside - 1]!, label: truth })
  })
  await registerRows(deployed, rows)
  await importLabels(rows, truthOf)
}
const importLabels = (rows: readonly PartRow[], truthOf: (at: number) => string) =>
  both.dev.root('importLabels', {
    ...deployed.path,
    body: { labels: rows.map(({ id }, at) => ({ predictionId: id, label: truthOf(at) })) },
  })
const other = (label: string) => (label === 'malignant' ? 'benign' : 'malignant')

test('without a labelled row of both, and with itself, nothing is compared', async () => {
  await expect(compare()).rejects.toMatchObject({ code: 'comparison_refused' })
  await expect(compare({ challenger: 1 })).rejects.toThrow('champion and challenger')
})

test('what a shadow answered is paired with the champion’s by its id, judged, and evidence for a gate', async () => {
  const truths = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? 'malignant' : 'benign') as PartRow['label'])
  // The champion errs on every tenth row, the challenger on the first.
  const champion = truths.map((truth, at) =>
    partRow({ digest: digests[0]!, label: at % 10 === 5 ? (other(truth) as PartRow['label']) : truth }),
  )
  const rows = champion.flatMap((row, at) => [
    row,
    {
      ...row,
      role: 'shadow' as const,
      number: 2,
      digest: digests[1]!,
      label: (at === 0 ? other(truths[0]!) : truths[at]!) as PartRow['label'],
    },
  ])
  await registerRows(deployed, rows)
  await importLabels(champion, (at) => truths[at]!)
  const found = await compare()
  expect(found).toMatchObject({
    ...{ mode: 'shadow', grade: 'asserted', champion: { number: 1 }, challenger: { number: 2 }, unreadable: 0 },
    result: {
      ...{ verdict: 'better', mode: 'shadow', paired: true, rows: 300 },
      definition: { name: 'live-quality', version: 1, latest: 1, registered: true, beforehand: true },
      discordant: { onlyChampion: 1, onlyChallenger: 30 },
      slices: [{ name: 'early', rows: 50 }],
      disputedRows: 31,
    },
  })
  expect(found.disputed).toHaveLength(31)
  expect(found.curves.roc.challenger.at(-1)).toEqual({ x: 1, y: 1 })
  expect(found.curves.calibration.champion.length).toBeGreaterThan(0)
  expect(found.curves.differences.reduce((sum, { rows }) => sum + rows, 0)).toBe(300)
  expect(found.curves.differences.filter(({ rows }) => rows > 0)).toEqual([
    { from: -0.5, to: -0.4, rows: expect.any(Number) },
    { from: 0, to: 0.1, rows: 269 },
    { from: 0.5, to: 0.6, rows: expect.any(Number) },
  ])
  expect(found.disputed[0]).toEqual({
    ...{ id: champion[0]!.id, actual: 'malignant', champion: 'malignant', challenger: 'benign' },
    ...{ championScore: 0.75, challengerScore: 0.25 },
  })
  const { items } = await both.dev.root('listComparisons', { project, model })
  expect(items[0]).toMatchObject({ runId: found.id, grade: 'asserted', result: { verdict: 'better', mode: 'shadow' } })
  const audit = await both.dev.root('listAuditEvents', { type: 'deployment.compared' })
  expect(audit.items[0]).toMatchObject({ after: { verdict: 'better', definition: { version: 1 }, rows: 300 } })
  expect((await both.dev.root('showPrediction', { project, predictionId: champion[5]!.id })).role).toBe('champion')
})

test('what a canary answered is held against what the champion answered since', async () => {
  const rows = Array.from({ length: 240 }, (_, at) =>
    partRow(
      at % 2 === 0 || at < 20
        ? { digest: digests[0]!, label: 'benign' }
        : { role: 'canary', number: 3, digest: digests[2]!, label: 'malignant' },
    ),
  )
  await registerRows(deployed, rows)
  // So that the canary is wrong on most rows, and the champion right.
  await importLabels(rows, (at) => (at % 5 === 0 ? 'malignant' : 'benign'))
  const found = await compare({ challenger: 3 })
  expect(found).toMatchObject({
    ...{ mode: 'canary', challenger: { number: 3 }, disputed: [] },
    result: { verdict: 'worse', paired: false, rows: 109, discordant: null, agreement: null, begunAt: null },
  })
})

test('a definition that is registered later judges nothing that had begun, and is named; what is set again it judges', async () => {
  const [first] = (await both.dev.root('listRegisteredComparisons', { project })).items
  expect((await apply({ margins: { accuracy: 0.5 }, minimumSample: { rows: 1, ofEachClass: 1 } })).version).toBe(2)
  const before = await compare()
  expect(before.result).toMatchObject({
    margins: { accuracy: 0.05 },
    definition: { version: 1, digest: first!.digest, latest: 2, beforehand: true },
  })
  const since = (await both.dev.root('listAuditEvents', { type: 'deployment.challenger-set' })).items[0]!.at
  expect(before.result).toMatchObject({ begunAt: since, from: since, look: 2, labelledBy: ['root'] })
  // Other guards begin nothing anew.
  await update({ challenger: { number: 2, mode: 'shadow', guards: { minRows: 50 } } })
  expect((await compare()).result.definition.version).toBe(1)
  await update({ challenger: null })
  expect((await compare({ challenger: 2 })).result).toMatchObject({ begunAt: since, definition: { version: 1 } })
  await update({ challenger: { number: 2, mode: 'shadow' } })
  // What it answered before is not of this trial.
  await expect(compare()).rejects.toThrow(/beside 1 since 2.*Z/)
  const [row] = [partRow({ digest: digests[0]! })]
  await registerRows(deployed, [row, { ...row, role: 'shadow', number: 2, digest: digests[1]! }])
  await importLabels([row], () => 'malignant')
  expect((await compare()).result).toMatchObject({
    ...{ rows: 1, look: 1, definition: { version: 2, latest: 2, beforehand: true } },
  })
  await apply({})
})

test('who names another definition afterwards has a verdict that was not chosen beforehand', async () => {
  await apply({ name: 'lax', margins: { accuracy: 0.9 } })
  await apply({ name: 'other-class', positive: 'benign' })
  await apply({ name: 'elsewhere', model: 'another' })
  expect((await compare()).result.definition).toMatchObject({ name: 'live-quality', beforehand: true })
  const definition = { name: 'lax', version: 1, registered: true, beforehand: false }
  expect((await compare({ comparison: 'lax' })).result).toMatchObject({ margins: { accuracy: 0.9 }, definition })
  await expect(compare({ comparison: 'other-class' })).rejects.toThrow('speaks of benign')
  for (const comparison of ['elsewhere', 'nothing'])
    await expect(compare({ comparison })).rejects.toMatchObject({ code: 'comparison_not_registered' })
})

test('what is to judge a challenger or rollout must be registered for its model when it begins', async () => {
  const code = 'comparison_not_registered'
  await expect(update({ challenger: { number: 2, mode: 'shadow', comparison: 'strict' } })).rejects.toMatchObject({
    code,
  })
  const steps = [{ share: 1, minutes: 60 }]
  await expect(update({ rollout: { share: 0.5, steps, comparison: 'strict' } })).rejects.toMatchObject({ code })
  await expect(update({ challenger: { number: 2, mode: 'shadow', comparison: 'elsewhere' } })).rejects.toMatchObject({
    ...{ code: 'comparison_refused', message: expect.stringContaining('registered for another') },
  })
})

test('another comparison begins anew: what was answered before does not count for it', async () => {
  expect((await compare()).result.rows).toBe(1)
  await update({ challenger: { number: 2, mode: 'shadow', comparison: 'lax' } })
  await expect(compare()).rejects.toThrow('No prediction with a label was answered')
})

test('a challenger that is found worse is taken out, with the reason on record, unless its guard lets it be', async () => {
  const set = (guards: object) =>
    update({ challenger: { number: 3, mode: 'canary', comparison: 'live-quality', guards } })
  const compared = async () => {
    expect((await compare()).result.verdict).toBe('worse')
    return (await both.dev.root('showDeployment', deployed.path)).challenger
  }
  await set({ worse: false })
  await answer(3, { rows: 240, isRight: false })
  expect(await compared()).toMatchObject({ number: 3 })
  await set({})
  expect(await compared()).toBeNull()
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.challenger-set' })
  expect(items[0]!.reason).toMatch(/^The comparison \S+ found it worse: The challenger is worse in accuracy/)
})

test('a prediction is the champion’s also where the shadow’s begins a row group', async () => {
  // The champion's is the last row of a group.
  const rows = Array.from({ length: predictionPart.rowGroupRows }, () => partRow({ digest: digests[0]! }))
  const last = rows.at(-1)!
  await registerRows(deployed, [...rows, { ...last, role: 'shadow', number: 2, digest: digests[1]! }])
  expect(await both.dev.root('showPrediction', { project, predictionId: last.id })).toMatchObject({
    ...{ role: 'champion', version: { number: 1 } },
  })
})

test.each([
  ['twice', 'champion'],
  ['of a canary', 'canary'],
] as const)('one id %s is no part', async (_, role) => {
  const row = partRow({ digest: digests[0]! })
  await expect(registerRows(deployed, [row, { ...row, role }])).rejects.toMatchObject({
    code: 'prediction_part_invalid',
  })
  const shadow = { ...row, role: 'shadow' as const, number: 2, digest: digests[1]! }
  await expect(registerRows(deployed, [row, shadow, shadow])).rejects.toMatchObject({ code: 'prediction_part_invalid' })
})

test('a canary that was a shadow before is judged by what it answered people', async () => {
  const challenger = { number: 2, comparison: 'live-quality', guards: { worse: false } }
  await update({ challenger: { ...challenger, mode: 'shadow' } })
  const shadowed = partRow({ digest: digests[0]! })
  await registerRows(deployed, [shadowed, { ...shadowed, role: 'shadow', number: 2, digest: digests[1]! }])
  await importLabels([shadowed], () => 'malignant')
  await update({ challenger: { ...challenger, mode: 'canary', share: 0.5 } })
  expect(await compare()).toMatchObject({ mode: 'shadow' })
  const rows = Array.from({ length: 61 }, (_, at) =>
    partRow(at % 2 === 1 ? { digest: digests[0]! } : { role: 'canary', number: 2, digest: digests[1]! }),
  )
  // The champion answers on alone, which the canary is not held against.
  const afterwards = Array.from({ length: 50 }, () => partRow({ digest: digests[0]! }))
  await registerRows(deployed, [...rows, ...afterwards])
  await importLabels([...rows, ...afterwards], () => 'malignant')
  const judged = {
    ...{ mode: 'canary', champion: { number: 1 }, challenger: { number: 2 } },
    result: { verdict: 'not enough data', rows: 30 },
  }
  expect(await compare()).toMatchObject(judged)
  await update({ challenger: null })
  expect(await compare({ challenger: 2 })).toMatchObject(judged)
})

test('who newly holds the stage is judged beside the holder before it, also when it answers alone by now', async () => {
  const steps = [{ share: 1, minutes: 0.001 }]
  await update({ rollout: { share: 0.5, steps, comparison: 'live-quality' }, challenger: null })
  await promote(2)
  const begun = (await both.dev.root('listAuditEvents', { type: 'stage.promoted' })).items[0]!.at
  await answer(2, { isRight: true })
  await expect.poll(async () => (await target()).challenger).toBeNull()
  expect(await compare()).toMatchObject({
    ...{ mode: 'canary', champion: { number: 1 }, challenger: { number: 2 } },
    // The last answer was the champion's, after the last of the canary.
    result: { verdict: 'not enough data', rows: 59, begunAt: begun, from: begun, definition: { beforehand: true } },
  })
})

test('it is held back when it is found worse', async () => {
  await update({ rollout: { share: 0.5, steps: [{ share: 1, minutes: 60 }], comparison: 'live-quality' } })
  await promote(3)
  await answer(3, { beside: 2, rows: 240, isRight: false })
  const rolledOut = { mode: 'canary', champion: { number: 2 }, challenger: { number: 3 }, result: { verdict: 'worse' } }
  expect(await compare({ challenger: 3 })).toMatchObject(rolledOut)
  const held = (await both.dev.root('showDeployment', deployed.path)).rollout?.heldBack
  expect(held).toMatchObject({
    number: 3,
    rest: 2,
    reason: expect.stringMatching(/^The comparison \S+ found it worse/),
  })
  // What was held back can be looked at on, and is held back once.
  expect(await compare()).toMatchObject(rolledOut)
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.rollout-held-back' })
  expect(items).toHaveLength(1)
})
