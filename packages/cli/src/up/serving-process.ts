import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

const DRAIN_MS = 30_000

/** A process that serves one workspace. */
export type Child = {
  pid: number
  url: string
  /** Resolves with how it ended. */
  ended: Promise<string>
  /** Lets it answer what it has begun, and kills it after 30 s. */
  stop: () => Promise<void>
}

type Start = { name: string; port: number; cwd: string; env: Readonly<Record<string, string | undefined>> }

/** Starts the process and resolves when it listens; rejects with what it printed when it ends before that. */
export async function startChild({ name, port, cwd, env }: Start): Promise<Child> {
  const script = process.argv[1] ?? ''
  const child = fork(script, ['serve-workspace', name, '--port', String(port)], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const printed: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => {
    if (printed.length < 100) printed.push(String(chunk))
  })
  const ended = once(child, 'exit').then(([code, signal]) =>
    signal ? `was killed by ${signal}` : `ended with ${code}`,
  )
  const url = await Promise.race([firstUrl(child), ended.then((how) => Promise.reject(new Error(how)))]).catch(
    (error: Error) => {
      throw new Error(`${error.message}: ${printed.join('').trim()}`)
    },
  )
  child.stderr?.removeAllListeners('data').pipe(process.stderr, { end: false })
  return { pid: child.pid ?? 0, url, ended, stop: () => stop(child, ended) }
}

async function firstUrl(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, 'message')) as [{ url: string }]
  return message.url
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), DRAIN_MS)
  await ended
  clearTimeout(timer)
}
