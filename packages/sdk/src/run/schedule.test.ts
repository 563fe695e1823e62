import type { SnapshotStep } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { GraphStep } from '../compile/graph.ts'
import type { StepOutcome } from './execute-step.ts'
import { schedule } from './schedule.ts'

/** Steps that each read the steps named, written as `{ c: 'ab' }`: c reads a and b. */
function graphOf(readers: Record<string, string>): GraphStep[] {
  return Object.entries(readers).map(([name, makers]) => {
    const inputs: SnapshotStep['inputs'] = Object.fromEntries(
      [...makers].map((step, at) => [`input_${at}`, { from: 'step', step, output: 'x' }]),
    )
    const definition = { name, inputs: {}, outputs: {}, params: undefined, settings: {}, run: () => {} }
    return { definition, step: { name, inputs, outputs: {}, parameters: {} } }
  })
}

const never = new AbortController().signal

async function order(readers: Record<string, string>, failing = '', stop = never) {
  const ran: string[] = []
  const execute = async ({ step }: GraphStep): Promise<StepOutcome> => {
    ran.push(step.name)
    await new Promise((resolve) => setImmediate(resolve))
    if (!failing.includes(step.name)) return { status: 'done' }
    return { status: 'failed', error: { step: step.name, message: 'failed' } }
  }
  const failure = await schedule(graphOf(readers), { concurrency: 2, execute, stop })
  return { ran: ran.join(''), failure }
}

test('a step runs once, after all that it reads, even when it reads one step twice', async () => {
  expect(await order({ a: '', b: 'a', c: 'a', d: 'bcc' })).toEqual({ ran: 'abcd', failure: null })
})

test('after a failure no step starts; the first failure is the answer', async () => {
  const { ran, failure } = await order({ a: '', b: '', c: '', d: 'a' }, 'ab')
  expect(ran).toBe('ab')
  expect(failure).toEqual({ step: 'a', message: 'failed' })
})

test('nothing starts once it is stopped', async () => {
  const controller = new AbortController()
  controller.abort()
  expect(await order({ a: '' }, '', controller.signal)).toEqual({ ran: '', failure: null })
})

test('a chain of 20,000 steps runs to its end', async () => {
  let done = 0
  const steps = Array.from({ length: 20_000 }, (_, at): GraphStep => {
    const inputs: SnapshotStep['inputs'] = at === 0 ? {} : { x: { from: 'step', step: `s${at - 1}`, output: 'x' } }
    const definition = { name: 's', inputs: {}, outputs: {}, params: undefined, settings: {}, run: () => {} }
    return { definition, step: { name: `s${at}`, inputs, outputs: {}, parameters: {} } }
  })
  const execute = async () => {
    done++
    return { status: 'done' as const }
  }
  await schedule(steps, { concurrency: 2, execute, stop: never })
  expect(done).toBe(20_000)
})

test('what depends on a skipped step is told so; what only may read it is not', async () => {
  const step = (name: string, rest: Partial<SnapshotStep> = {}): GraphStep => {
    const definition = { name, inputs: {}, outputs: {}, params: undefined, settings: {}, run: () => {} }
    return { definition, step: { name, inputs: {}, outputs: {}, parameters: {}, ...rest } }
  }
  const reads = (optional?: true): Pick<SnapshotStep, 'inputs'> => ({
    inputs: { x: { from: 'step', step: 'a', output: 'x', ...(optional && { optional }) } },
  })
  const steps = [
    step('a'),
    step('b', reads()),
    step('c', reads(true)),
    step('d', { after: ['b'] }),
    step('e', { when: { step: 'a', output: 'x' } }),
    step('f', { inputs: { x: { from: 'list', items: [{ from: 'step', step: 'd', output: 'x' }] } } }),
    step('g', { ...reads(true), after: ['a'] }),
  ]
  const told: Record<string, string | undefined> = {}
  const execute = async ({ step: { name } }: GraphStep, skippedBy: string | undefined): Promise<StepOutcome> => {
    told[name] = skippedBy
    return { status: name === 'a' || skippedBy !== undefined ? 'skipped' : 'done' }
  }
  await schedule(steps, { concurrency: 1, execute, stop: never })
  expect(told).toEqual({ a: undefined, b: 'a', c: undefined, d: 'b', e: 'a', f: 'd', g: 'a' })
})
