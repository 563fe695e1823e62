import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createApp } from './app.ts'
import type { Deps } from './deps.ts'
import type { ServerLog } from './log.ts'
import { closeDeps, openDeps, type WorkspaceOptions } from './open-deps.ts'
import { keysNotRemoved } from './trust/store.ts'
import { openWake } from './wake.ts'
import { workUntil } from './worker.ts'
import { pathsOf } from './workspace/files.ts'

export type ServeOptions = WorkspaceOptions & {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  log: ServerLog
}

/** A served workspace. `close` drains: what is under way is finished, for at most 10 s. */
export type ServedWorkspace = { name: string; url: string; close: () => Promise<void> }

const DRAIN_MS = 10_000

/**
 * Serves a workspace over HTTP, with a worker. While it does, a lock file in its folder says where, so that commands go
 * over HTTP and do not open the database themselves.
 * @throws PlatformError `workspace_not_found`, `schema_too_new`
 */
export async function serveWorkspace({
  host = '127.0.0.1',
  port = 0,
  log,
  ...options
}: ServeOptions): Promise<ServedWorkspace> {
  const deps = await openDeps(options)
  let draining = false
  const wake = openWake()
  const app = createApp(deps, { log, isDraining: () => draining, onChange: wake.call })
  // Loaded only here: an embedded workspace opens no port.
  const { listen } = await import('./http/listen.ts')
  const server = await listen(app, { host, port }).catch(async (error: unknown) => {
    await closeDeps(deps)
    throw error
  })
  const stop = new AbortController()
  if (await trustsAnybody(deps)) deps.scorers.keepReady()
  const worker = workUntil(deps, log, wake, stop.signal)
  const lock = await writeLock(pathsOf(options.dir).serverLock, server.url)
  log.info({ workspace: deps.workspace.name, url: server.url }, 'serving')
  return {
    name: deps.workspace.name,
    url: server.url,
    close: async () => {
      draining = true
      deps.bell.close()
      await lock.remove()
      stop.abort()
      await server.close(DRAIN_MS)
      await worker
      await closeDeps(deps)
      log.info({ workspace: deps.workspace.name }, 'stopped')
    },
  }
}

/** Only such a workspace has models of others to score. */
const trustsAnybody = async ({ db }: Deps) => (await keysNotRemoved(db, 'bundles')).length > 0

async function writeLock(file: string, url: string): Promise<{ remove: () => Promise<void> }> {
  const text = JSON.stringify({ pid: process.pid, url })
  await writeFile(`${file}.${process.pid}`, text, { mode: 0o600 })
  await rename(`${file}.${process.pid}`, file)
  return {
    remove: async () => {
      const now = await readFile(file, 'utf8').catch(() => '')
      if (now === text) await rm(file, { force: true })
    },
  }
}
