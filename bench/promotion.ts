import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openBenchWorkspace, project } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { type DurableWrites, emptyLog, filesBelow, readDurableWrites, repeatDurableWrites } from './durable-writes.ts'
import { type LargeVersion, makeLargeVersion, makeProduction, model } from './large-version.ts'
import { measureInTurn, type Sample, timed } from './measure.ts'
import { promoteServed, serveSettled } from './served-promotion.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 10
/** The demo's bundle has 0.8 MiB. */
const SIZE_MIB = 1

/** What the whole machinery costs where the model is small: signature, digests, scoring in a process of its own, gates. */
export const promotionOverWrites: Benchmark = {
  name: 'promotion',
  summary: "A promotion of the demo's size from request to holder, to its own durable writes alone.",
  bar: { is: 'at most', ratio: 10 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const version = await makeLargeVersion(join(dir, 'source'), SIZE_MIB)
      const { client, close } = await openBenchWorkspace(version.development)
      const { bundle } = await client.exportModelVersion({ project, model, body: { number: version.number } })
      await close()
      let count = 0
      const promote = () => promoteOnce(version, { uri: bundle.uri, name: `production-${++count}` })
      const { writes } = await promote()
      const measured = await measureInTurn(
        {
          promotion: async () => (await promote()).sample,
          'its writes': async () => {
            const to = join(dir, `writes-${++count}`)
            await mkdir(to)
            const sample = await timed(() => repeatDurableWrites(to, writes))
            await rm(to, { recursive: true })
            return sample
          },
        },
        { rounds, note },
      )
      const notes = [`${writes.commits.length} commits and ${writes.files.length} files are made durable.`]
      return { measured, ratio: measured.promotion.medianMs / measured['its writes'].medianMs, notes }
    }),
}

/** Into a workspace that has seen nothing yet, whose making does not count. */
async function promoteOnce(
  version: LargeVersion,
  { uri, name }: { uri: string; name: string },
): Promise<{ sample: Sample; writes: DurableWrites }> {
  const key = await makeProduction(version, name)
  const database = join(key.dir, 'workspace.db')
  emptyLog(database)
  const before = await filesBelow(join(key.dir, 'artifacts'))
  const { client, close } = await serveSettled(key)
  const sample = await timed(() => promoteServed(client, uri))
  const writes = await readDurableWrites(key.dir, before)
  await close()
  await rm(key.dir, { recursive: true })
  return { sample, writes }
}
