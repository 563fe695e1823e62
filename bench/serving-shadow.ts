import { hash } from 'node:crypto'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn } from './measure.ts'
import { makeServedModel, SECRET } from './served-model.ts'
import { startServiceProcess } from './service-process.ts'
import { loaded, tell } from './serving.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 10
const MOST_P99 = 1.5

/** The shadow's process takes from the same processors as the service and the load. */
export const shadowOverBare: Benchmark = {
  name: 'serving-shadow',
  summary: 'The same requests to a service whose shadow answers them too, to a bare node:http with onnxruntime.',
  bar: { is: 'at least', ratio: 0.5 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const { row, ...model } = await makeServedModel(dir)
      const { onnx: shadow } = await makeServedModel(dir, 2)
      const task = { ...model, keySha256: hash('sha256', SECRET), port: 0, sharesPort: false }
      const started = await Promise.all([
        startServiceProcess({ ...task, is: 'service', shadow }),
        startServiceProcess({ ...task, is: 'service' }),
        startServiceProcess({ ...task, is: 'bare' }),
      ])
      const [shadowed, alone, bare] = started.map((process) => loaded({ process, body: JSON.stringify({ row }), dir }))
      try {
        const measured = await measureInTurn(
          { 'with a shadow': shadowed!.measure, 'a service': alone!.measure, 'node:http': bare!.measure },
          { rounds, note },
        )
        const p99Ratio = shadowed!.summary().p99Ms / alone!.summary().p99Ms
        const { answered, dropped } = await started[0].shadowed()
        return {
          measured,
          ratio: measured['node:http'].medianMs / measured['with a shadow'].medianMs,
          notes: [
            'Milliseconds are for 1,000 requests.',
            `With a shadow: ${tell(shadowed!.summary())}`,
            `Without:       ${tell(alone!.summary())}`,
            `The peer:      ${tell(bare!.summary())}`,
            `The shadow answered ${answered} rows, and was not asked about ${dropped}, for which there was no time.`,
            `p99 is ${p99Ratio.toFixed(2)} times that without; the bar is at most ${MOST_P99}.`,
          ],
          fault: p99Ratio > MOST_P99 ? 'The p99 is too high.' : undefined,
        }
      } finally {
        await Promise.all(started.map(({ stop }) => stop()))
      }
    }),
}
