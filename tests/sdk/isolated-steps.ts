import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { Artifact, json, list, NonRetryableError, RetryAfterError, step, table, text } from '@airlock-ml/sdk'
import { float64Column, Table } from '@airlock-ml/tabular'
import { z } from 'zod'
import { driftSummary } from './drift-summary.ts'

export const makeTable = step({
  name: 'make_table',
  outputs: { table: table(), factor: json<number>() },
  run: () => ({ table: new Table([float64Column('size', [1, 2, 3])]), factor: 2 }),
})

export const scale = step({
  name: 'scale',
  inputs: { table: table(), factors: list(json<number>()) },
  outputs: { table: table(), facts: json<{ pid: number; isMainThread: boolean; random: number; pipeline: string }>() },
  params: z.object({ plus: z.number() }),
  isolation: 'process',
  run: ({ inputs, params, context }) => {
    console.log('printed')
    console.error('complained')
    context.log.info('scaling', { rows: inputs.table.rowCount })
    context.logMetadata({ rows: inputs.table.rowCount })
    const [factor = 0] = inputs.factors
    const values = [1, 2, 3].map((value) => value * factor + params.plus)
    const facts = { pid: process.pid, isMainThread, random: context.random(), pipeline: context.run.pipeline }
    return { table: new Table([float64Column('size', values)]), facts }
  },
})

/** What a step may do wrong. */
export const misbehave = step({
  name: 'misbehave',
  outputs: { done: json<boolean>() },
  params: z.object({ how: z.string(), witness: z.string().default('') }),
  isolation: 'process',
  run: async ({ params: { how, witness }, context }) => {
    if (how === 'exit') process.exit(0)
    if (how === 'kill') process.kill(process.pid, 'SIGKILL')
    if (how === 'crash') process.kill(process.pid, 'SIGSEGV')
    if (how === 'throw text') throw 'just text'
    if (how === 'throw for good') throw new NonRetryableError('no rows')
    if (how === 'ask for time') throw new RetryAfterError('busy', 7)
    if (how === 'fail by chance') throw new RangeError('bad luck')
    if (how === 'throw later') setTimeout(() => JSON.parse('{'), 10)
    if (how === 'fill memory') {
      const held: object[] = []
      for (;;) held.push(Array.from({ length: 10_000 }, () => ({})))
    }
    if (how === 'fill memory at once') {
      const held: unknown[] = []
      for (;;) held.push(new Array(1_000).fill(Math.random()))
    }
    if (how === 'block') {
      context.log.info('blocking')
      await new Promise((resolve) => setTimeout(resolve, 50))
      for (;;) writeFileSync(witness, String(process.hrtime.bigint()))
    }
    if (how === 'return another') return { dome: true } as unknown as { done: boolean }
    if (how === 'return text') return { done: 'yes', [how]: 1 } as unknown as { done: boolean }
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    return { done: true }
  },
})

/** Loads an artifact by its name. */
export const loadElsewhere = step({
  name: 'load_elsewhere',
  params: z.object({ name: z.string() }),
  isolation: 'process',
  run: async ({ params, context }) => {
    context.logMetadata({ read: await Artifact.load(params.name, { from: context, as: text() }) })
  },
})

const hidden = step({ name: 'hidden', isolation: 'process', run: () => {} })
export const callHidden = () => hidden()

export const reportDrift = step({
  name: 'report_drift',
  isolation: 'process',
  run: async ({ context }) => {
    const { level } = await context.reportDrift({ batchId: context.run.id, summary: driftSummary(0.4) })
    context.logMetadata({ drift: level })
  },
})
