import { type Hooks, json, model, type Pipeline, pipeline, runPipeline, step, table } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { training } from './training-pipeline.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

test('a training run records every step, artifact and log, and registers one version', async () => {
  const { run, version, events } = await workspace.run(training, { labels: { team: 'ml' } })
  expect(run).toMatchObject({ status: 'completed', labels: { team: 'ml' }, error: null })
  expect(run.steps.map(({ name, status }) => [name, status])).toEqual([
    ['load_data', 'completed'],
    ['train_model', 'completed'],
    ['evaluate_model', 'completed'],
  ])
  expect(run.steps[0]?.metadata).toEqual({ rows: 40 })
  const made = run.steps[0]?.outputs.table
  expect(run.steps[1]?.inputs.train).toEqual(made)
  expect(version).toEqual({ model: 'classifier', number: 1, digest: run.steps[1]?.outputs.model?.digest })
  const stored = await workspace.client.showModelVersion({ project, model: 'classifier', number: 1 })
  expect(stored).toMatchObject({ metrics: { accuracy: 1 }, parameters: { trees: 3 } })
  expect(Object.keys(stored.artifacts).sort()).toEqual(['evaluation', 'metrics', 'model', 'scaler'])
  const artifact = await workspace.client.showArtifact({ project, artifactId: made?.id ?? '' })
  expect(artifact.metadata).toEqual({ rowCount: 40, columns: ['size', 'diagnosis'] })
  const { items: logs } = await workspace.client.listLogs({ project, runId: run.id })
  expect(logs.map(({ step, level, message }) => [step, level, message])).toEqual([
    ['load_data', 'info', 'Making 40 rows'],
  ])
  expect(events.map(({ type }) => type)).toEqual([
    ...['run-started', 'step-started', 'log', 'step-completed'],
    ...['step-started', 'step-completed', 'step-started', 'step-completed', 'run-completed'],
  ])
})

test('a run that uses a model is pinned to one version and reads its artifacts', async () => {
  await workspace.run(training)
  const seen: unknown[] = []
  const look = step({
    name: 'look',
    inputs: { model: model(), evaluation: table(), scaler: json<{ mean: number[] }>() },
    run: ({ inputs, context }) => {
      seen.push(inputs.model.constructor.name, inputs.evaluation.rowCount, inputs.scaler, context.run.model)
    },
  })
  const scoring = pipeline({
    name: 'scoring',
    uses: { model: 'classifier', artifacts: { scaler: json<{ mean: number[] }>() } },
    build: ({ model: { model, evaluation, scaler } }) => void look({ inputs: { model, evaluation, scaler } }),
  })
  const { run, version } = await workspace.run(scoring, { version: { number: 1 } })
  expect(version).toBeNull()
  expect(run.model).toMatchObject({ action: 'consumes', name: 'classifier', number: 1 })
  const pinned = { name: 'classifier', number: 1, digest: run.model?.digest }
  expect(seen.slice(1)).toEqual([40, { mean: [19.5] }, pinned])
})

test('each reader of a value has a copy of its own', async () => {
  const make = step({ name: 'make', outputs: { list: json<number[]>() }, run: () => ({ list: [1] }) })
  const spoil = step({
    name: 'spoil',
    inputs: { list: json<number[]>() },
    outputs: { length: json<number>() },
    run: ({ inputs }) => ({ length: inputs.list.push(2) }),
  })
  const copies = pipeline({
    name: 'copies',
    build: () => {
      const { list } = make()
      spoil({ inputs: { list } })
      spoil({ name: 'spoil_again', inputs: { list } })
    },
  })
  const { run } = await workspace.run(copies, { concurrency: 1 })
  expect(run.steps[1]?.outputs.length?.digest).toBe(run.steps[2]?.outputs.length?.digest)
})

test('independent steps run at the same time, up to the concurrency', async () => {
  const mostAtOnce = async (concurrency: number) => {
    let running = 0
    let most = 0
    const wait = step({
      name: 'wait',
      run: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 50))
        running--
      },
    })
    const wide = pipeline({
      name: 'wide',
      build: () => {
        for (let at = 0; at < 5; at++) wait({ name: `wait_${at}` })
      },
    })
    await workspace.run(wide, { concurrency })
    return most
  }
  expect(await mostAtOnce(3)).toBe(3)
  expect(await mostAtOnce(1)).toBe(1)
})

const noop = step({ name: 'noop', run: () => {} })
const nothing = pipeline({ name: 'nothing', build: () => void noop() })

test('success hooks run once, in order, before the run completes', async () => {
  const calls: unknown[] = []
  const hook = (name: string) => ({
    name,
    run: async ({ run, error, log }: Parameters<Hooks['success'][number]['run']>[0]) => {
      const { status } = await workspace.client.showRun({ project, runId: run.id })
      calls.push([name, status, error])
      log.info(`hook ${name}`)
    },
  })
  const hooks = { success: [hook('a.ts'), hook('b.ts')], failure: [hook('c.ts')] }
  const { run, events } = await workspace.run(nothing, { hooks })
  expect(calls).toEqual([
    ['a.ts', 'running', null],
    ['b.ts', 'running', null],
  ])
  expect(run.hooks).toEqual(['a.ts', 'b.ts'].map((name) => ({ name, on: 'success', outcome: 'done', error: null })))
  expect(events.filter(({ type }) => type === 'hook' || type === 'log')).toHaveLength(4)
})

test('the hooks that a snapshot names cannot be left out', async () => {
  const stored = await workspace.run(nothing, { hooks: { success: [{ name: 'a.ts', run: () => {} }], failure: [] } })
  const snapshot = { id: stored.run.snapshotId ?? '' }
  const rerun = (given: object) =>
    runPipeline({ client: workspace.client, project, pipeline: nothing, snapshot, ...given })
  await expect(rerun({})).rejects.toMatchObject({
    code: 'hook_invalid',
    message: 'The snapshot names the success hooks [a.ts], but given were [].',
  })
  const { run } = await rerun({ hooks: { success: [{ name: 'a.ts', run: () => {} }], failure: [] } })
  expect(run.snapshotId).toBe(stored.run.snapshotId)
})

test('a stored snapshot does not run with other code', async () => {
  const { run } = await workspace.run(nothing)
  const snapshot = { id: run.snapshotId ?? '' }
  const others: Pipeline[] = [
    pipeline({ name: 'nothing', build: () => void noop({ name: 'other' }) }),
    pipeline({ name: 'other', build: () => void noop() }),
  ]
  for (const other of others) {
    await expect(runPipeline({ client: workspace.client, project, pipeline: other, snapshot })).rejects.toMatchObject({
      code: 'pipeline_invalid',
      message: expect.stringContaining('is not what snapshot'),
    })
  }
})

test('a step without inputs and outputs costs two calls', async () => {
  const calls: string[] = []
  const client = new Proxy(workspace.client, {
    get(target, name) {
      calls.push(String(name))
      return Reflect.get(target, name)
    },
  })
  await workspace.run(nothing, { client })
  expect(calls).toEqual(['createSnapshot', 'startRun', 'startStep', 'completeStep', 'completeRun'])
})
