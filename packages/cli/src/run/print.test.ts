import type { Run, StepRun } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { coloursFor } from '../output/colours.ts'
import { runResult } from './print.ts'

const context = { colours: coloursFor({}, {}) } as Context
const stepOf = (name: string, status: StepRun['status']): StepRun => ({
  ...{
    name,
    status,
    inputs: {},
    outputs: {},
    metadata: {},
    error: null,
    earlierAttempts: [],
    hooks: [],
    skipReason: null,
  },
  ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:01Z', cacheKey: null, cachedFrom: null },
})
const runOf = (steps: StepRun[]) =>
  ({
    id: 'r1',
    pipeline: 'wide',
    model: null,
    error: null,
    cancelRequest: null,
    retryOf: null,
    hooks: [],
    steps,
  }) as unknown as Run

test('of ten thousand steps those that went wrong and the first of the others are printed, and how many there are', async () => {
  const fine = Array.from({ length: 10_000 }, (_, at) => stepOf(`square_${at}`, 'completed'))
  const steps = [...fine, stepOf('sum', 'failed'), stepOf('mean', 'running')]
  const lines = (await runResult(runOf(steps), context).text()).split('\n')
  const [heading, ...rest] = lines.slice(lines.findIndex((line) => line.startsWith('STEP')))
  expect(heading).toMatch(/^STEP +STATUS/)
  expect(rest).toHaveLength(51)
  expect(rest.slice(0, 3).map((line) => line.split(' ')[0])).toEqual(['sum', 'mean', 'square_0'])
  expect(rest.at(-1)).toBe('10002 steps: 10000 completed, 1 failed, 1 running. For all: airlock run show r1 --all')
  expect(await runResult(runOf(steps), context, { all: true }).text()).toContain('square_9999 ')
})

test('attempts that failed are as few', async () => {
  const earlierAttempts = [{ endedAt: '2026-01-01T00:00:00Z', error: 'no', delayMs: 1 }]
  const steps = Array.from({ length: 60 }, (_, at) => ({ ...stepOf(`s_${at}`, 'completed'), earlierAttempts }))
  expect(await runResult(runOf(steps), context).text()).toMatch(/\n… and 10 more$/)
})

test('hooks of steps are told with what became of them', async () => {
  const hooks = [{ name: 'onFailure', on: 'failure', outcome: 'failed', error: 'no network' }] as const
  const text = await runResult(runOf([{ ...stepOf('load', 'failed'), hooks: [...hooks] }]), context).text()
  expect(text).toMatch(/Hooks of steps:\nonFailure of load failed: no network$/)
})

test('an error that was just told in full is only recalled', async () => {
  const message = `Row 2 has no value.${' And so on.'.repeat(20)}\nIts last line.`
  const failed = { ...runOf([]), error: { step: 'load', message } }
  expect(await runResult(failed, context).text()).toContain('Its last line.')
  const recalled = await runResult(failed, context, { told: true }).text()
  expect(recalled).toMatch(/error +load: Row 2 has no value\. And.*…/)
  expect(recalled).not.toContain('Its last line.')
})
