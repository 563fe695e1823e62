import { readParquet, stringColumn, writeParquet } from '@airlock-ml/tabular'
import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, sha256, stageAndExport } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let desk: Awaited<ReturnType<typeof promotionDesk>>
let held: TrainedModel

/** The same caller, whose snapshots say what the project depends on. */
const dependingOn = (call: Call, packages: Record<string, string>, lock: string): Call =>
  ((operation, input, headers) => {
    if (operation !== 'createSnapshot') return call(operation, input, headers)
    const { body } = input as unknown as { body: { code: object } }
    const code = { ...body.code, dependencies: { lockFile: lock.repeat(64), packages } }
    return call(operation, { ...(input as object), body: { ...body, code } } as never, headers)
  }) as Call

beforeAll(async () => {
  desk = await promotionDesk(both)
  held = await trainModel({ seed: 1 })
  const author = dependingOn(both.dev.root, { zod: '4.0.1', gone: '1.0.0' }, 'a')
  expect((await desk.importBundle((await stageAndExport(author, held)).bundle.uri)).state).toBe('completed')
})

const planOf = async (author: Call, trained: TrainedModel) => {
  const { bundle } = await stageAndExport(author, trained, { seed: 2 })
  return desk.alice('planPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
}

test('metrics stand there with their intervals, and what the far side depends on, sees and trained on beside them', async () => {
  const next = await trainModel({ seed: 2, trees: 3 })
  const table = await readParquet(held.evaluation)
  const site = stringColumn('site', Array<string>(table.rowCount).fill('left'))
  const evaluation = await writeParquet(table.withColumn(site))
  const author = dependingOn(both.dev.root, { zod: '4.1.0', fresh: '2.0.0' }, 'b')
  const { difference, metrics } = await planOf(author, { ...next, evaluation })
  const { holder, candidate } = difference!.intervals.accuracy!
  expect(candidate!.low).toBeLessThan(metrics.accuracy!)
  expect(candidate!.high).toBeGreaterThan(metrics.accuracy!)
  expect(holder!.low).toBeLessThan(held.metrics.accuracy!)
  expect(difference).toMatchObject({
    columns: { site: { holder: null, candidate: 'string' } },
    data: { 'train.evaluation': { holder: sha256(held.evaluation), candidate: sha256(evaluation) } },
    lockFile: { holder: 'a'.repeat(64), candidate: 'b'.repeat(64) },
  })
  expect(difference!.dependencies).toEqual({
    fresh: { holder: null, candidate: '2.0.0' },
    gone: { holder: '1.0.0', candidate: null },
    zod: { holder: '4.0.1', candidate: '4.1.0' },
  })
})

test('a source that says nothing of its dependencies is not taken to have none', async () => {
  const { difference } = await planOf(both.dev.root, await trainModel({ seed: 3 }))
  expect(difference).toMatchObject({ dependencies: null, columns: {}, data: {} })
})

test('a gate can ask for the lower end of an interval, and sees what this workspace worked out', async () => {
  const gate = {
    name: 'surely_accurate',
    expression: 'intervals.accuracy.low >= 0.9999',
    grade: 'recomputed' as const,
    message: 'It may be worse than that.',
    remedy: 'Evaluate on more rows.',
  }
  const spec = { name: 'production', stage: 'production' as const, gates: [gate] }
  const { bundle } = await stageAndExport(both.dev.root, await trainModel({ seed: 4 }), { seed: 4 })
  const body = { spec, model, subject: { uri: bundle.uri } }
  const { verdict, gates } = await desk.alice('testPolicy', { project, body })
  expect(verdict).toBe('refused')
  expect(gates[0]!.values['intervals.accuracy.low']).toBeGreaterThan(0.8)
})
