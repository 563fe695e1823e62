import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient } from '@airlock-ml/client'
import { type ServerLog, serveWorkspace } from '@airlock-ml/server'
import { makeBenchWorkspace } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import type { Measured } from './measure.ts'
import { writeRunRows } from './run-rows.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 300
const MANY = 100_000
const FEW = 100
const project = 'bench'
const limit = 50
const log: ServerLog = { info: () => {}, warn: () => {}, error: () => {} }

/** A page is found by an index and read to its end, so it must not notice how many runs there are. */
export const runsPageAmongMany: Benchmark = {
  name: 'runs-page',
  summary: `A page of runs over HTTP with ${MANY} stored, to the same with ${FEW}; p95.`,
  bar: { is: 'at most', ratio: 3 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      note(`writing ${MANY + FEW} runs`)
      const few = await pagesAmong(FEW, join(dir, 'few'))
      const many = await pagesAmong(MANY, join(dir, 'many'))
      note(`${rounds} rounds, in turn`)
      const times = { few: [] as number[][], many: [] as number[][] }
      for (let round = 0; round < rounds + 20; round++) {
        const inTurn = round % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const)
        for (const which of inTurn) {
          const took = await { few, many }[which].read()
          if (round >= 20) times[which].push(took)
        }
      }
      await few.close()
      await many.close()
      const all = { many: times.many.flat(), few: times.few.flat() }
      const p95sOf = (name: string, many: readonly number[], few: readonly number[]) =>
        `p95 of ${name}: ${p95(many).toFixed(2)} ms to ${p95(few).toFixed(2)} ms`
      return {
        measured: { [`${MANY} runs`]: measuredOf(all.many), [`${FEW} runs`]: measuredOf(all.few) },
        // A fifth of the pages is of each kind: one kind that never loads is what the percentile shows.
        ratio: p95(all.many) / p95(all.few),
        notes: [
          p95sOf('all', all.many, all.few),
          ...pages.map(({ name }, at) =>
            p95sOf(
              name,
              times.many.map((each) => each[at]!),
              times.few.map((each) => each[at]!),
            ),
          ),
        ],
      }
    }),
}

type Page = Awaited<ReturnType<Client['listRuns']>>
const pages: readonly { name: string; read: (client: Client, second: string) => Promise<Page> }[] = [
  { name: 'the first page', read: (client) => client.listRuns({ project, limit }) },
  { name: 'a page amid them', read: (client, cursor) => client.listRuns({ project, limit, cursor }) },
  { name: 'those that failed', read: (client) => client.listRuns({ project, limit, status: 'failed' }) },
  { name: 'those that were lost', read: (client) => client.listRuns({ project, limit, status: 'lost' }) },
  { name: 'those of a rare pipeline', read: (client) => client.listRuns({ project, limit, pipeline: 'rare' }) },
]

/** A served workspace with so many runs; `read` answers how long each kind of page took, in ms. */
async function pagesAmong(count: number, dir: string) {
  const exchange = join(dir, 'exchange')
  await mkdir(exchange, { recursive: true })
  const home = join(dir, 'workspace')
  const key = await makeBenchWorkspace({ dir: home, exchange, name: 'bench', project, stack: 'bench-stack' })
  writeRunRows(join(home, 'workspace.db'), { project, count })
  const served = await serveWorkspace({ dir: home, exchange, log })
  const client = createClient({ baseUrl: served.url, apiKey: key.apiKey })
  let cursor = (await client.listRuns({ project, limit })).nextCursor!
  for (let page = 1; page < count / limit / 2; page++)
    cursor = (await client.listRuns({ project, limit, cursor })).nextCursor!
  return {
    close: () => served.close(),
    read: async () => {
      const times: number[] = []
      for (const { read } of pages) {
        const startedAt = performance.now()
        await read(client, cursor)
        times.push(performance.now() - startedAt)
      }
      return times
    },
  }
}

const sorted = (times: readonly number[]) => times.toSorted((a, b) => a - b)
const p95 = (times: readonly number[]): number => sorted(times)[Math.floor(times.length * 0.95)]!

const measuredOf = (times: readonly number[]): Measured => ({
  medianMs: sorted(times)[times.length >> 1]!,
  fastestMs: sorted(times)[0]!,
  slowestMs: sorted(times).at(-1)!,
  peakBytes: undefined,
})
