import { join } from 'node:path'
import { type Client, createClient } from '@airlock-ml/client'
import { type ServerLog, serveWorkspace } from '@airlock-ml/server'
import { makeBenchWorkspaceIn, project } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measuredBoth, p95Ratio, p95sOf, readInTurn, type Source, together } from './few-and-many.ts'
import { writeRunRows } from './run-rows.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 300
const MANY = 100_000
const FEW = 100
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
      const read = await readInTurn({ few, many }, { rounds, warmUp: 20 })
      const all = together(read)
      return {
        measured: measuredBoth(all, { few: `${FEW} runs`, many: `${MANY} runs` }),
        // A fifth of the pages is of each kind: one kind that never loads is what the percentile shows.
        ratio: p95Ratio(all),
        notes: [`all: ${p95sOf(all)}`, ...pages.map(({ name }, at) => `${name}: ${p95sOf(together(read, at))}`)],
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

/** A served workspace with so many runs; a part of a reading is one kind of page. */
async function pagesAmong(count: number, dir: string): Promise<Source> {
  const key = await makeBenchWorkspaceIn(dir)
  writeRunRows(join(key.dir, 'workspace.db'), { project, count })
  const served = await serveWorkspace({ dir: key.dir, exchange: key.exchange, log })
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
