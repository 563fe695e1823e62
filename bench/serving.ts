import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, type Sample } from './measure.ts'
import { makeServedModel, SECRET } from './served-model.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import { withTempFolder } from './temp-folder.ts'
import { type Load, loadWithWrk } from './wrk.ts'

const ROUNDS = 10
const SECONDS = 2
const CONNECTIONS = 32
const MOST_P99 = 1.5

/**
 * Validation, keys, limits, metrics and the prediction log are on. The peer believes each request, keeps nothing, and answers the same bytes
 * out of the same graph, once a turn of the loop. It is the least that Node can do.
 */
export const servingOverBare: Benchmark = {
  name: 'serving',
  summary: `Requests for one row of 30 named fields from ${CONNECTIONS} connections, to a bare node:http with onnxruntime.`,
  bar: { is: 'at least', ratio: 0.75 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const { row, ...model } = await makeServedModel(dir)
      const task = { ...model, keySha256: hash('sha256', SECRET), port: 0, sharesPort: false }
      const started = await Promise.all([
        startServiceProcess({ ...task, is: 'service', logDir: await mkdtemp(join(dir, 'log-')) }),
        startServiceProcess({ ...task, is: 'bare' }),
      ])
      const [service, bare] = started.map((process) => loaded({ process, body: JSON.stringify({ row }), dir }))
      try {
        const measured = await measureInTurn(
          { 'a service': service!.measure, 'node:http with onnxruntime': bare!.measure },
          { rounds, note },
        )
        const [ours, theirs] = [service!.summary(), bare!.summary()]
        const { logged, logWaiting, logLost } = await started[0].recorded()
        const p99Ratio = ours.p99Ms / theirs.p99Ms
        return {
          measured,
          ratio: measured['node:http with onnxruntime'].medianMs / measured['a service'].medianMs,
          notes: [
            'Milliseconds are for 1,000 requests.',
            `A service:  ${tell(ours)}`,
            `The peer:   ${tell(theirs)}`,
            `p99 is ${p99Ratio.toFixed(2)} times the peer's; the bar is at most ${MOST_P99}.`,
            `By processor time, threads that write the log included, the ratio is ${(theirs.cpuUs / ours.cpuUs).toFixed(2)}.`,
            `Its log has recorded ${logged} predictions, ${logWaiting} of them wait for their part, and ${logLost} were lost.`,
            pythonPeer(),
          ],
          fault: logLost > 0 ? 'Predictions were lost.' : p99Ratio > MOST_P99 ? 'The p99 is too high.' : undefined,
        }
      } finally {
        await Promise.all(started.map(({ stop }) => stop()))
      }
    }),
}

type Summary = { requestsPerSecond: number; p50Ms: number; p99Ms: number; cpuUs: number }

/** A process under load, and what came of its rounds; the first round only warms up. */
export function loaded({ process, body, dir }: { process: ServiceProcess; body: string; dir: string }): {
  measure: () => Promise<Sample>
  summary: () => Summary
} {
  const rounds: (Load & { cpuUs: number })[] = []
  const measure = async () => {
    const before = await process.cpuUs()
    const load = await loadWithWrk({
      ...{ url: `${process.url}/v1/predict`, body, authorization: `Bearer ${SECRET}` },
      ...{ connections: CONNECTIONS, seconds: SECONDS, dir },
    })
    if (load.failed > 0) throw new Error(`${load.failed} of ${load.requests} requests failed.`)
    rounds.push({ ...load, cpuUs: ((await process.cpuUs()) - before) / load.requests })
    return { ms: 1_000_000 / load.requestsPerSecond }
  }
  const summary = () => {
    const counted = rounds.slice(1)
    const medianOf = (of: (round: Summary) => number) => counted.map(of).sort((a, b) => a - b)[counted.length >> 1]!
    return {
      requestsPerSecond: medianOf((round) => round.requestsPerSecond),
      p50Ms: medianOf(({ p50Ms }) => p50Ms),
      p99Ms: medianOf(({ p99Ms }) => p99Ms),
      // The least: what else a machine does makes it more, never less.
      cpuUs: Math.min(...counted.map(({ cpuUs }) => cpuUs)),
    }
  }
  return { measure, summary }
}

export const tell = ({ requestsPerSecond, p50Ms, p99Ms, cpuUs }: Summary): string =>
  `${Math.round(requestsPerSecond)} requests/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, ${cpuUs.toFixed(1)} µs of processor time a request at the least.`

function pythonPeer(): string {
  const has = spawnSync(process.env.PYTHON ?? 'python3', ['-c', 'import fastapi, uvicorn, onnxruntime'])
  return has.status === 0
    ? 'FastAPI with onnxruntime is here, but is not measured by this benchmark.'
    : 'No Python with FastAPI and onnxruntime here, so that there is no such peer.'
}
