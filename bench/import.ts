import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openBenchWorkspace, project } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { passOnce } from './export.ts'
import { growthFault, performApart } from './large-task.ts'
import { type LargeVersion, makeLargeVersion, makeProduction, model } from './large-version.ts'
import { measureInTurn, type Sample } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 5

/** Import copies a bundle to its private folder, verifies every byte, scores the model again, and takes the copy over. */
export const importLarge: Benchmark = {
  name: 'import',
  summary: 'Importing a bundle with a large artifact, to one Node pass that reads, hashes, writes and fsyncs it.',
  bar: { is: 'at least', ratio: 0.7 },
  run: ({ rounds = ROUNDS, sizeMib, note }) =>
    withTempFolder(async (dir) => {
      note(`exporting a version with an artifact of ${sizeMib} MiB`)
      const large = await makeBundle(join(dir, 'large'), sizeMib)
      const small = await importOnce(await makeBundle(join(dir, 'small'), Math.ceil(sizeMib / 16)))
      const measured = await measureInTurn(
        { import: () => importOnce(large), 'one pass': () => passOnce(large) },
        { rounds, note },
      )
      const ratio = measured['one pass'].medianMs / measured.import.medianMs
      return { measured, ratio, fault: growthFault(measured.import, small) }
    }),
}

type Bundled = LargeVersion & { uri: string }

async function makeBundle(dir: string, sizeMib: number): Promise<Bundled> {
  const version = await makeLargeVersion(dir, sizeMib)
  const { client, close } = await openBenchWorkspace(version.development)
  const { bundle } = await client.exportModelVersion({ project, model, body: { number: version.number } })
  await close()
  return { ...version, uri: bundle.uri }
}

/** Into a workspace that has seen nothing yet: importing a bundle again would only find it there. */
async function importOnce(bundled: Bundled): Promise<Sample> {
  const workspace = await makeProduction(bundled, 'production')
  const sample = await performApart({ act: 'import', workspace, uri: bundled.uri })
  await rm(workspace.dir, { recursive: true })
  return sample
}
