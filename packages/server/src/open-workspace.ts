import { createApp } from './app.ts'
import { inProcess } from './http/in-process.ts'
import { type ServerLog, silentLog } from './log.ts'
import { closeDeps, openDeps, type WorkspaceOptions } from './open-deps.ts'
import { workOnce } from './worker.ts'

/** A workspace in this process: no port, the same application. */
export type Workspace = {
  name: string
  /** Answers as the server would; give it to `createClient`. */
  fetch: typeof fetch
  /** Does the work that waits (promotions, outbox), as a server's worker would. With an id: only that promotion. */
  advance: (promotionId?: string) => Promise<void>
  close: () => Promise<void>
}

/**
 * Opens an embedded workspace. Without `log` what is not an error of the catalogue is told by its message alone.
 * @throws PlatformError `workspace_not_found`, `schema_too_new`
 */
export async function openWorkspace({
  log = silentLog,
  ...options
}: WorkspaceOptions & { log?: ServerLog }): Promise<Workspace> {
  const deps = await openDeps(options)
  const app = createApp(deps, { log, tellsCauses: true })
  return {
    name: deps.workspace.name,
    fetch: inProcess(app),
    advance: (promotionId) => workOnce(deps, log, promotionId),
    close: () => closeDeps(deps),
  }
}
