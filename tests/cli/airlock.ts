import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command from source, or where the gate has built it. */
export const command =
  process.env.AIRLOCK_TEST_COMMAND ?? join(import.meta.dirname, '../../packages/cli/bin/airlock.mjs')

export type Outcome = { code: number; stdout: string; stderr: string }
export type Run = (...args: string[]) => Promise<Outcome>

/** The environment of a user with an empty home, so that nothing of this machine is read. */
export const environment = (dir: string, env: Record<string, string>) => ({
  PATH: process.env.PATH,
  HOME: dir,
  // Compiled code, kept between tests: a cold start costs half a second.
  XDG_CACHE_HOME: join(import.meta.dirname, '../../node_modules/.cache/airlock-tests'),
  ...env,
})

/** Runs the real command as a process of its own in `dir`. */
export const airlockIn =
  (dir: string, env: Record<string, string> = {}): Run =>
  (...args) =>
    new Promise((resolve) => {
      const options = { cwd: dir, env: environment(dir, env), maxBuffer: 32 * 1024 * 1024 }
      execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128
        resolve({ code, stdout, stderr })
      })
    })

/** Runs the command with `--json`, expects it to end well, and returns its document. */
export const jsonOf = async <T>(run: Run, ...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await run(...args, '--json')
  if (code !== 0) throw new Error(`airlock ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout) as T
}

/** A new empty folder, and how to remove it. */
export async function temporaryFolder(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-cli-'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}
