import type { LogLine } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { json, step } from '../index.ts'
import { runStep } from './run-step.ts'

const double = step({
  name: 'double',
  inputs: { number: json<number>() },
  outputs: { doubled: json<number>() },
  params: z.object({ times: z.int().default(1) }),
  run: ({ inputs, params, context }) => {
    context.log.info(`in ${context.run.environment} at ${context.now().toISOString()}`)
    return { doubled: inputs.number * 2 ** params.times }
  },
})

test('a step runs by itself, with defaults and what a test sets of its context', async () => {
  const lines: LogLine[] = []
  const context = { now: () => new Date(0) }
  const options = { inputs: { number: 3 }, context, onLog: (line: LogLine) => void lines.push(line) }
  expect(await runStep(double, options)).toEqual({ doubled: 6 })
  expect(lines.map(({ message }) => message)).toEqual(['in local at 1970-01-01T00:00:00.000Z'])
})

test('parameters and outputs are checked as in a run', async () => {
  await expect(runStep(double, { inputs: { number: 3 }, params: { times: 0.5 } })).rejects.toThrow(
    'Parameter "times" of step "double" is wrong',
  )
  const faulty = step({ name: 'faulty', outputs: { a: json() }, run: (() => ({})) as () => { a: unknown } })
  await expect(runStep(faulty, { inputs: {} })).rejects.toThrow('Step "faulty" did not return its output "a".')
})
