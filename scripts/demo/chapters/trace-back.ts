import assert from 'node:assert/strict'
import type { Trace } from '@airlock-ml/contract'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL, PRODUCTION } from '../names.ts'
import { holderOf } from '../state.ts'

export const traceBack: Chapter = {
  title: 'Both ways across the border: where it went, and where it came from',
  run: async (demo) => {
    demo.say(
      `The import left a signed receipt in the exchange. ${DEV} picks it up, and then knows where its version lives.`,
    )
    await demo.airlock(`promotion sync --workspace ${DEV} --as ada`)

    demo.say(`${PRODUCTION} walks back to data, steps, parameters and commit, from what travelled in the bundle alone.`)
    await demo.airlock(`trace ${MODEL} --workspace ${PRODUCTION}`)

    const source = await holderOf(demo, DEV, 'staging')
    const trace = JSON.stringify(await demo.ask<Trace>(`trace ${MODEL} --workspace ${PRODUCTION}`))
    assert.ok(
      source.source.runId !== null && trace.includes(source.source.runId),
      'the trace does not reach the training',
    )
    assert.ok(trace.includes(source.digest), 'the trace does not name the model')
  },
}
