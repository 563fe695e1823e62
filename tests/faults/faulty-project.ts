import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, type Outcome } from '../cli/airlock.ts'

export { dev, model, production } from '../cli/project.ts'

/** How a process of the command ended; `signal` when it was killed. */
export type Ending = Outcome & { signal: NodeJS.Signals | null }

/** A copy of the minimal project whose state can be kept and brought back. */
export type FaultyProject = {
  dir: string
  /** Runs the real command as a process of its own, in the build whose crash points kill. */
  airlock: (
    args: readonly string[],
    env?: Record<string, string>,
    options?: { killAfterMs?: number },
  ) => Promise<Ending>
  /** Keeps the state of the workspaces and the exchange under a name. */
  keep: (name: string) => Promise<void>
  /** Brings a kept state back, in place: addresses of bundles name the folder. */
  bringBack: (name: string) => Promise<void>
  /** A folder with a copy of the present state, to look into. */
  copyState: () => Promise<string>
  remove: () => Promise<void>
}

/** The environment of a user with an empty home, with compiled code kept between tests. */
export const environment = (dir: string, env: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  TMPDIR: process.env.TMPDIR,
  HOME: dir,
  XDG_CACHE_HOME: join(import.meta.dirname, '../../node_modules/.cache/airlock-tests'),
  AIRLOCK_CONDITIONS: 'crash-test',
  ...env,
})

export async function faultyProject(): Promise<FaultyProject> {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-faults-'))
  const dir = join(folder, 'project')
  const state = join(dir, '.airlock')
  const kept = (name: string) => join(folder, 'kept', name)
  await cp(join(import.meta.dirname, '../cli/minimal-project'), dir, { recursive: true })
  return {
    dir,
    airlock: (args, env = {}, { killAfterMs } = {}) =>
      new Promise((resolve) => {
        const options = {
          cwd: dir,
          env: environment(dir, env),
          maxBuffer: 32 * 1024 * 1024,
          killSignal: 'SIGKILL' as const,
          ...(killAfterMs !== undefined && { timeout: killAfterMs }),
        }
        execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128
          resolve({ code, signal: error?.signal ?? null, stdout, stderr })
        })
      }),
    keep: (name) => cp(state, kept(name), { recursive: true, preserveTimestamps: true }),
    bringBack: async (name) => {
      await rm(state, { recursive: true, force: true })
      if (name !== 'nothing') await cp(kept(name), state, { recursive: true, preserveTimestamps: true })
    },
    copyState: async () => {
      const copy = join(folder, 'copy')
      await rm(copy, { recursive: true, force: true })
      await cp(state, join(copy, '.airlock'), { recursive: true })
      return copy
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs a command that must end with `code`, and returns what it printed. */
export async function must({ airlock }: FaultyProject, args: readonly string[], code = 0): Promise<string> {
  const ended = await airlock(args)
  if (ended.code === code) return ended.stdout
  throw new Error(`airlock ${args.join(' ')} ended with ${ended.code}, not ${code}\n${ended.stdout}\n${ended.stderr}`)
}
