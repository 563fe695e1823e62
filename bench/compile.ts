import { type CompileOptions, compile, json, type Pipeline, pipeline, type Ref, step } from '@airlock-ml/sdk'
import { z } from 'zod'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, type Sample, timed } from './measure.ts'

const ROUNDS = 31
const MANY = 1_000
const FEW = 100
/** Steps compiled for one sample, whatever the pipeline: then collector and compiler get in the way of both alike. */
const STEPS_A_SAMPLE = 50_000

/** A pipeline ten times as long may take little more than ten times as long to compile: nothing in it is quadratic. */
export const compileSteps: Benchmark = {
  name: 'compile',
  summary: `Compiling a pipeline of ${MANY} steps to a snapshot, to compiling one of ${FEW}.`,
  bar: { is: 'at most', ratio: 12 },
  run: async ({ rounds = ROUNDS, note }) => {
    const many = chainOf(MANY)
    const few = chainOf(FEW)
    const measured = await measureInTurn(
      {
        [`${MANY} steps`]: () => compileOften(many, STEPS_A_SAMPLE / MANY),
        [`${FEW} steps`]: () => compileOften(few, STEPS_A_SAMPLE / FEW),
      },
      { rounds, note },
    )
    return { measured, ratio: measured[`${MANY} steps`]!.medianMs / measured[`${FEW} steps`]!.medianMs }
  },
}

async function compileOften(compiled: Pipeline, times: number): Promise<Sample> {
  const { ms } = await timed(() => {
    for (let at = 0; at < times; at++) compile(compiled, options)
  })
  return { ms: ms / times }
}

const options: CompileOptions = {
  params: { factor: 2 },
  environment: 'local',
  stack: 'dev-stack',
  code: { digest: 'c'.repeat(64), commit: null, dirty: true },
}

const first = step({ name: 'first', outputs: { value: json<number>() }, run: () => ({ value: 1 }) })
const next = step({
  name: 'next',
  inputs: { value: json<number>() },
  outputs: { value: json<number>() },
  params: z.object({ factor: z.number() }),
  run: ({ inputs, params }) => ({ value: inputs.value * params.factor }),
})

/** Each step reads the one before and has a parameter. */
function chainOf(length: number): Pipeline {
  return pipeline({
    name: 'chain',
    params: z.object({ factor: z.number() }),
    build: ({ params }) => {
      let value: Ref<'json', number> = first().value
      for (let at = 1; at < length; at++) ({ value } = next({ name: `next_${at}`, inputs: { value }, params }))
    },
  })
}
