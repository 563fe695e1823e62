import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Emits the `.d.ts` files of all packages at once; those of package `x` go to `dists.x`. */
export function emitDeclarations(root: string, dists: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-declarations-'))
  try {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder]
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error('tsc could not write the declarations; its messages are above.')
    for (const [short, dist] of Object.entries(dists)) cpSync(join(folder, short, 'src'), dist, { recursive: true })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
