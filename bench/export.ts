import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { growthFault, performApart } from './large-task.ts'
import { emptyExchange, type LargeVersion, makeLargeVersion } from './large-version.ts'
import { measureInTurn, type Sample } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 5

/** Export reads an artifact from the store and writes it to the exchange; it should be as fast as the disk and SHA-256. */
export const exportLarge: Benchmark = {
  name: 'export',
  summary: 'Exporting a version with a large artifact, to one Node pass that reads, hashes, writes and fsyncs it.',
  bar: { is: 'at least', ratio: 0.7 },
  run: ({ rounds = ROUNDS, sizeMib, note }) =>
    withTempFolder(async (dir) => {
      note(`making a version with an artifact of ${sizeMib} MiB`)
      const large = await makeLargeVersion(join(dir, 'large'), sizeMib)
      const small = await exportOnce(await makeLargeVersion(join(dir, 'small'), Math.ceil(sizeMib / 16)))
      const measured = await measureInTurn(
        { export: () => exportOnce(large), 'one pass': () => passOnce(large) },
        { rounds, note },
      )
      const ratio = measured['one pass'].medianMs / measured.export.medianMs
      return { measured, ratio, fault: growthFault(measured.export, small) }
    }),
}

async function exportOnce(version: LargeVersion): Promise<Sample> {
  await emptyExchange(version)
  return performApart({ act: 'export', workspace: version.development, number: version.number })
}

/** One plain pass over the same bytes. */
export async function passOnce({ dir, file }: LargeVersion): Promise<Sample> {
  const to = join(dir, 'pass.txt')
  const sample = await performApart({ act: 'pass', from: file, to })
  await rm(to)
  return sample
}
