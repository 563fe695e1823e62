import type { Run, SnapshotSpec } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { approvePromotion } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, trainingSpec, upload } from '../../test/two-workspaces.ts'

const [first, second, third, fourth] = ['1', '2', '3', '4'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
]
const both = sharedWorkspaces()
let trained: TrainedModel
let computing: Run
let taking: Run
beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
  computing = await train(both.dev.root, first)
  taking = await train(both.dev.root, second)
})

/** `load` may be taken from the cache; `train` reads what it made. */
const specAt = (commit: string): SnapshotSpec => {
  const spec = trainingSpec()
  const [train] = spec.steps
  return {
    ...spec,
    steps: [
      { name: 'load', inputs: {}, outputs: { rows: { type: 'json' } }, parameters: {}, cache: true },
      { ...train!, inputs: { rows: { from: 'step', step: 'load', output: 'rows' } } },
    ],
    code: { digest: commit.slice(0, 1).repeat(64), commit, dirty: commit === first },
  }
}

const code = { files: {}, packages: {}, lockFile: null, node: 'v24.0.0', place: '1:1 #0', project: null }

/** Trains; `between` happens when the first step is done. */
async function train(by: Call, commit: string, between: () => Promise<unknown> = async () => {}): Promise<Run> {
  const { id: snapshotId } = await by('createSnapshot', { project, body: specAt(commit) })
  const { run, lease } = await by('startRun', { project, body: { snapshotId } })
  const held = { project, runId: run.id }
  const leaseToken = lease.token
  const asked = { leaseToken, codes: [code], steps: [{ step: 'load', code: 0 }] }
  const { load } = (await by('takeCached', { ...held, body: asked })).steps
  if (load?.state === 'new') {
    await by('startStep', { ...held, step: 'load', body: { leaseToken } })
    const rows = { type: 'json' as const, digest: await upload(by, Buffer.from('[1, 2]')) }
    await by('completeStep', { ...held, step: 'load', body: { leaseToken, outputs: { rows }, cacheKey: load.key } })
  }
  await between()
  await by('startStep', { ...held, step: 'train', body: { leaseToken } })
  const outputs = {
    model: { type: 'model' as const, digest: await upload(by, trained.onnx) },
    evaluation: { type: 'table' as const, digest: await upload(by, trained.evaluation) },
    metrics: { type: 'json' as const, digest: await upload(by, Buffer.from(JSON.stringify(trained.metrics))) },
  }
  await by('completeStep', { ...held, step: 'train', body: { leaseToken, outputs } })
  return by('completeRun', { ...held, body: { leaseToken } })
}

const computedBy = () => ({
  runId: computing.id,
  pipeline: 'training',
  startedBy: 'root',
  startedAt: computing.startedAt,
  snapshotDigest: computing.snapshotDigest,
  codeDigest: '1'.repeat(64),
  commit: first,
  dirty: true,
})
const recall = (by: Call, commit: string, dryRun = true) =>
  by('recall', { project, body: { target: { commit }, reason: 'A bug in loading.', dryRun } })
const numbersOf = ({ reach }: Awaited<ReturnType<typeof recall>>) => reach.versions.map(({ number }) => number)

test('a step that was taken is traced to the run that computed it, its commit and code', async () => {
  const { training, versions } = await both.dev.root('trace', { project, ref: taking.id })
  expect(training).toMatchObject({ id: taking.id, commit: second })
  expect(training?.steps.map(({ name, computedBy: by }) => [name, by])).toEqual([
    ['load', computedBy()],
    ['train', null],
  ])
  expect(versions).toMatchObject([{ number: 2 }])
})

test('a commit leads to the versions that were computed from it, also through a step that was taken', async () => {
  const at = async (ref: string) =>
    (await both.dev.root('trace', { project, ref })).versions.map(({ number }) => number)
  expect(await at(first)).toEqual([2, 1])
  expect(await at(second)).toEqual([2])
})

test('a recalled commit reaches what took its step, there and across the border, and what takes it later', async () => {
  const { dev, production } = both
  await dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 2 } })
  const { bundle } = await dev.root('exportModelVersion', { project, model, body: { number: 2 } })
  const asked = await production.root('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  await production.workspace.advance()
  const waiting = await production.root('showPromotion', { project, promotionId: asked.id })
  expect((await recall(production.root, first)).reach.promotions).toMatchObject([{ id: asked.id }])
  await approvePromotion(await production.as('ada', 'approver'), waiting)
  await production.workspace.advance()

  const imported = await production.root('trace', { project, ref: `${model}/1` })
  expect(imported.training?.steps[0]).toMatchObject({ name: 'load', computedBy: computedBy() })
  expect(numbersOf(await recall(production.root, first))).toEqual([1])
  expect(numbersOf(await recall(production.root, third))).toEqual([])

  const late = await production.root('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  expect(late.state).toBe('completed')
  const { reach } = await recall(dev.root, first, false)
  expect(reach.versions.map(({ number }) => number)).toEqual([2, 1])
  const copy = taking.steps.find(({ name }) => name === 'load')!.outputs.rows!
  expect(reach.artifacts.map(({ id }) => id)).toContain(copy.id)
  expect(numbersOf(await recall(dev.root, second))).toEqual([2])
  // What was recalled is not taken again: the step runs anew, and the version stands on its own commit alone.
  const anew = await train(dev.root, third)
  expect(anew.steps[0]).toMatchObject({ name: 'load', status: 'completed', cachedFrom: null })
})

test('a run that had taken the step before its commit was recalled registers its version as recalled', async () => {
  const { root } = both.dev
  const run = await train(root, fourth, () => recall(root, third, false))
  expect(run.steps[0]).toMatchObject({ name: 'load', status: 'cached' })
  const number = run.model!.number!
  expect((await root('showModelVersion', { project, model, number })).marks).toMatchObject([
    { mark: 'recalled', reason: `descends from commit ${third}: A bug in loading.` },
  ])
})
