import { ComparisonDefinition, predictionPart } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Deployed, deploy } from '../../test/deployments.ts'
import { type PartRow, partRow, registerRows } from '../../test/prediction-parts.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, type TwoWorkspaces, twoWorkspaces } from '../../test/two-workspaces.ts'

let both: TwoWorkspaces
let deployed: Deployed
let digests: string[]
beforeAll(async () => {
  both = await twoWorkspaces()
  for (const seed of [1, 2, 3]) await runTraining(both.dev.root, await trainModel({ seed, trees: 2 + seed }))
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  const digestOf = async (number: number) =>
    (await both.dev.root('showModelVersion', { project, model, number })).digest
  digests = [await digestOf(1), await digestOf(2), await digestOf(3)]
  deployed = await deploy(both.dev)
  const challenger = { number: 2, mode: 'shadow' as const }
  await both.dev.root('updateDeployment', { ...deployed.path, body: { challenger, reason: null } })
})
afterAll(() => both.close())

const definition = ComparisonDefinition.parse({
  ...{ name: 'live-quality', model, positive: 'malignant', margins: { accuracy: 0.05 } },
  metrics: ['accuracy', 'recall'],
  slices: [{ name: 'early', feature: 'radius', below: 100 }],
})
const compare = (change: object = {}, body: object = {}) =>
  both.dev.root('compareDeployment', { ...deployed.path, body: { definition: { ...definition, ...change }, ...body } })
const importLabels = (rows: readonly PartRow[], truthOf: (at: number) => string) =>
  both.dev.root('importLabels', {
    ...deployed.path,
    body: { labels: rows.map(({ id }, at) => ({ predictionId: id, label: truthOf(at) })) },
  })
const other = (label: string) => (label === 'malignant' ? 'benign' : 'malignant')

test('without a labelled row of both, with another class or another model nothing is compared', async () => {
  await expect(compare()).rejects.toMatchObject({ code: 'comparison_refused' })
  await expect(compare({ positive: 'benign' })).rejects.toThrow('speaks of benign')
  await expect(compare({ model: 'another' })).rejects.toThrow('declared for another')
  await expect(compare({}, { challenger: 1 })).rejects.toThrow('champion and challenger')
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
      ...{ verdict: 'better', definition: 'live-quality', mode: 'shadow', paired: true, rows: 300 },
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
  expect(audit.items[0]).toMatchObject({ after: { verdict: 'better', definition: 'live-quality', rows: 300 } })
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
  const found = await compare({}, { challenger: 3 })
  expect(found).toMatchObject({
    ...{ mode: 'canary', challenger: { number: 3 }, disputed: [] },
    result: { verdict: 'worse', paired: false, rows: 109, discordant: null, agreement: null },
  })
})

test('a challenger that is found worse is taken out, with the reason on record, unless its guard lets it be', async () => {
  const set = async (guards: object) => {
    const challenger = { number: 3, mode: 'shadow' as const, guards }
    await both.dev.root('updateDeployment', { ...deployed.path, body: { challenger, reason: null } })
    await compare()
    return (await both.dev.root('showDeployment', deployed.path)).challenger
  }
  expect(await set({ worse: false })).toMatchObject({ number: 3 })
  expect(await set({})).toBeNull()
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
  const challenger = { number: 2, mode: 'canary' as const, share: 0.5, guards: { worse: false } }
  await both.dev.root('updateDeployment', { ...deployed.path, body: { challenger, reason: null } })
  expect(await compare()).toMatchObject({ mode: 'shadow' })
  const rows = Array.from({ length: 60 }, (_, at) =>
    partRow(at % 2 === 1 ? { digest: digests[0]! } : { role: 'canary', number: 2, digest: digests[1]! }),
  )
  await registerRows(deployed, rows)
  await importLabels(rows, () => 'malignant')
  expect(await compare()).toMatchObject({
    ...{ mode: 'canary', champion: { number: 1 }, challenger: { number: 2 } },
    result: { verdict: 'not enough data', rows: 30 },
  })
})

test('who newly holds the stage is judged beside the holder before it, and held back when it is worse', async () => {
  const rollout = { share: 0.5, steps: [{ share: 1, minutes: 60 }] }
  await both.dev.root('updateDeployment', { ...deployed.path, body: { rollout, challenger: null, reason: null } })
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 3 } })
  const rolledOut = { mode: 'canary', champion: { number: 1 }, challenger: { number: 3 }, result: { verdict: 'worse' } }
  expect(await compare({}, { challenger: 3 })).toMatchObject(rolledOut)
  const held = (await both.dev.root('showDeployment', deployed.path)).rollout?.heldBack
  expect(held).toMatchObject({
    number: 3,
    rest: 1,
    reason: expect.stringMatching(/^The comparison \S+ found it worse/),
  })
  // What was held back can be looked at on, and is held back once.
  expect(await compare()).toMatchObject(rolledOut)
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.rollout-held-back' })
  expect(items).toHaveLength(1)
})
