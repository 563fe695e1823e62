import { PlatformError } from '@airlock-ml/contract'
import { type Child, startChild } from './serving-process.ts'

const RESTARTS = 3

export type Served = { name: string; url: string; pid: number }

type ServeAll = {
  workspaces: readonly { name: string; port: number }[]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  note: (line: string) => void
  /** Called once, when all of them listen. */
  onReady: (served: readonly Served[]) => void
  stopped: Promise<void>
}

/**
 * Serves each workspace in a process of its own until `stopped`. One that dies is started again, three times at most;
 * when it dies once more everything stops, because half of the workspaces would look like all of them.
 */
export async function serveAll({ workspaces, cwd, env, note, onReady, stopped }: ServeAll): Promise<void> {
  // Also those that are just being started: they must be stopped, too.
  const running = new Map<string, Promise<Child>>()
  let isStopping = false
  const stopAll = async () => {
    isStopping = true
    await Promise.all([...running.values()].map(async (child) => (await child.catch(() => null))?.stop()))
  }
  try {
    const served: Served[] = []
    for (const { name, port } of workspaces) {
      const { url, pid } = await startAs(name, port)
      served.push({ name, url, pid })
    }
    onReady(served)
    const watchers = workspaces.map(({ name }) => watch(name))
    await Promise.race([stopped, ...watchers])
  } finally {
    await stopAll()
  }

  async function watch(name: string): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      const child = await running.get(name)
      const how = await child?.ended
      // Never resolves: the one who stops everything decides how the command ends.
      if (isStopping || !child) return await new Promise<never>(() => {})
      if (restarts === RESTARTS) throw failed(name, `${how}, for the ${RESTARTS + 1}th time`)
      note(`${name} ${how}; it is started again`)
      await startAs(name, Number(new URL(child.url).port))
    }
  }

  function startAs(name: string, port: number): Promise<Child> {
    const child = start({ name, port, cwd, env })
    running.set(name, child)
    return child
  }
}

const start = (options: Parameters<typeof startChild>[0]): Promise<Child> =>
  startChild(options).catch((cause: Error) => {
    throw failed(options.name, cause.message)
  })

const failed = (name: string, why: string) => new PlatformError('cli_server_failed', `${name} ${why}.`)
