import { spawnSync } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Sample } from './measure.ts'

const ROOT = dirname(import.meta.dirname)

/** The command as a user has it. */
export interface InstalledCommand {
  /** Runs `airlock …args` to its end in a process of its own; throws when it does not exit with 0. */
  readonly airlock: (args: readonly string[], cwd: string) => Sample
  /** The least that any command could take: a Node that does nothing. */
  readonly emptyNode: () => Sample
}

/**
 * Packs the packages and lays them out below `dir` as `npm install` of the archives would, without a registry: what is
 * not ours is linked from the clone. The compile cache lies in `dir` too, so the first run of a command fills it.
 */
export async function installCommand(dir: string): Promise<InstalledCommand> {
  const packed = join(dir, 'packed')
  execute([join(ROOT, 'scripts', 'pack.ts'), '--out', packed], { cwd: ROOT, env: process.env })
  const modules = join(dir, 'node_modules')
  for (const archive of await readdir(packed)) {
    const folder = join(modules, '@airlock-ml', basename(archive).replace(/^airlock-ml-(.*)-\d.*$/, '$1'))
    await mkdir(folder, { recursive: true })
    const args = ['-xzf', join(packed, archive), '--strip-components=1', '-C', folder]
    if (spawnSync('tar', args, { stdio: 'inherit' }).status !== 0) throw new Error(`tar could not unpack ${archive}.`)
  }
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const isForeign = name !== '@airlock-ml' && !name.startsWith('.') && !name.startsWith('node-')
    if (isForeign) await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
  const bin = join(modules, '@airlock-ml', 'cli', 'bin', 'airlock.mjs')
  const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'cache') }
  return {
    airlock: (args, cwd) => execute([bin, ...args], { cwd, env }),
    emptyNode: () => execute(['-e', '0'], { cwd: dir, env }),
  }
}

function execute(args: readonly string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): Sample {
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  const ms = performance.now() - startedAt
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`)
  return { ms }
}
