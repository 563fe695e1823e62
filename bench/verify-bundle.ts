import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { verifyBundleDir } from '@airlock-ml/bundle'
import { openBenchWorkspace, project } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { makeLargeVersion, model } from './large-version.ts'
import { measureInTurn, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 5
const CHUNK_BYTES = 1024 * 1024

/** What an auditor runs with no workspace at all. Both contenders find the bytes in the page cache. */
export const verifyLargeBundle: Benchmark = {
  name: 'verify',
  summary:
    'Verifying a bundle with a large artifact offline, to Node reading that artifact and hashing it with SHA-256.',
  bar: { is: 'at least', ratio: 0.8 },
  run: ({ rounds = ROUNDS, sizeMib, note }) =>
    withTempFolder(async (dir) => {
      note(`exporting a version with an artifact of ${sizeMib} MiB`)
      const version = await makeLargeVersion(dir, sizeMib)
      const { client, close } = await openBenchWorkspace(version.development)
      const { publicKey } = await client.showWorkspace()
      const { bundle } = await client.exportModelVersion({ project, model, body: { number: version.number } })
      await close()
      const bundleDir = fileURLToPath(bundle.uri)
      const keys = [{ publicKey, workspace: 'development' }]
      const measured = await measureInTurn(
        {
          verify: () => timed(() => verifyBundleDir({ place: bundleDir, keys })),
          'SHA-256': () => timed(() => hashFile(version.file)),
        },
        { rounds, note },
      )
      return { measured, ratio: measured['SHA-256'].medianMs / measured.verify.medianMs }
    }),
}

/** The least that reading and hashing can take in one thread: one buffer, no promise. */
function hashFile(path: string): void {
  const file = openSync(path, 'r')
  const sha256 = createHash('sha256')
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) sha256.update(chunk.subarray(0, read))
  closeSync(file)
  sha256.digest()
}
