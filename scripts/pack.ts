// `npm run pack-all -- --out DIR`: builds every package and packs it to `DIR/*.tgz`. Nothing is left in the clone.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPackages } from './build.ts'

/** Packs every package into `out` and returns the paths of the archives. */
export async function packPackages(root: string, out: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-pack-'))
  try {
    const folders = await buildPackages(root, folder)
    mkdirSync(out, { recursive: true })
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', out, ...folders]
    const packed: { filename: string }[] = Object.values(JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })))
    return packed.map(({ filename }) => join(out, filename))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'packed' } } })
  for (const archive of await packPackages(dirname(import.meta.dirname), resolve(values.out))) console.log(archive)
}
