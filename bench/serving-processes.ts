import { hash } from 'node:crypto'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, type Sample } from './measure.ts'
import { makeServedModel, SECRET } from './served-model.ts'
import { type ServiceProcess, type ServiceTask, startServiceProcess } from './service-process.ts'
import { withTempFolder } from './temp-folder.ts'
import { loadWithWrk } from './wrk.ts'

const ROUNDS = 6
const SECONDS = 2
const CONNECTIONS = 64

/** Both share one port between two processes, and one processor or two with the load. */
export const twoProcessesOverOne: Benchmark = {
  name: 'serving-processes',
  summary: 'What a second process brings a service, to what it brings a bare node:http with onnxruntime.',
  bar: { is: 'at least', ratio: 0.9 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const { row, ...model } = await makeServedModel(dir)
      const task = { ...model, keySha256: hash('sha256', SECRET), port: 0, sharesPort: true }
      const contenders = await Promise.all([
        startMany({ ...task, is: 'service' }, 1),
        startMany({ ...task, is: 'service' }, 2),
        startMany({ ...task, is: 'bare' }, 1),
        startMany({ ...task, is: 'bare' }, 2),
      ])
      const load =
        ([first]: readonly ServiceProcess[]) =>
        async (): Promise<Sample> => {
          const { requestsPerSecond, failed } = await loadWithWrk({
            ...{ url: `${first!.url}/v1/predict`, body: JSON.stringify({ row }), authorization: `Bearer ${SECRET}` },
            ...{ connections: CONNECTIONS, seconds: SECONDS, dir },
          })
          if (failed > 0) throw new Error(`${failed} requests failed.`)
          return { ms: 1_000_000 / requestsPerSecond }
        }
      try {
        const measured = await measureInTurn(
          {
            'a service': load(contenders[0]!),
            'a service of two': load(contenders[1]!),
            bare: load(contenders[2]!),
            'bare, two': load(contenders[3]!),
          },
          { rounds, note },
        )
        const gain = measured['a service'].medianMs / measured['a service of two'].medianMs
        const theirGain = measured.bare.medianMs / measured['bare, two'].medianMs
        return {
          measured,
          ratio: gain / theirGain,
          notes: [
            'Milliseconds are for 1,000 requests.',
            `A second process made the service ${gain.toFixed(2)} times as fast, and the bare loop ${theirGain.toFixed(2)} times.`,
          ],
        }
      } finally {
        await Promise.all(contenders.flat().map(({ stop }) => stop()))
      }
    }),
}

async function startMany(task: ServiceTask, processes: number): Promise<ServiceProcess[]> {
  const first = await startServiceProcess(task)
  const port = Number(new URL(first.url).port)
  const others = Array.from({ length: processes - 1 }, () => startServiceProcess({ ...task, port }))
  return [first, ...(await Promise.all(others))]
}
