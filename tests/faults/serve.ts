import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { command } from '../cli/airlock.ts'
import { environment } from './faulty-project.ts'

/** `airlock up` as a process of its own. */
export type Served = {
  /** Resolves when both workspaces listen. */
  isReady: Promise<void>
  /** Lets it drain; resolves with its exit code. */
  stop: () => Promise<number | null>
}

export function serve(dir: string, env: Record<string, string> = {}): Served {
  const child: ChildProcess = spawn(process.execPath, [command, 'up', '--port', '0', '--json'], {
    cwd: dir,
    env: environment(dir, env),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  return {
    isReady: readDocument(child),
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = (await exited) as [number | null]
      return code
    },
  }
}

async function readDocument(child: ChildProcess): Promise<void> {
  let printed = ''
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk)
    if (printed.trimEnd().endsWith('\n}')) return
  }
  throw new Error(`airlock up ended: ${printed}`)
}
