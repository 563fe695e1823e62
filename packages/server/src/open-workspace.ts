import { createApp } from './app.ts'
import { inProcess } from './http/in-process.ts'
import { silentLog } from './log.ts'
import { openDeps, type WorkspaceOptions } from './open-deps.ts'
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
 * Opens an embedded workspace.
 * @throws PlatformError `workspace_not_found`, `schema_too_new`
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const deps = await openDeps(options)
  const app = createApp(deps, { log: silentLog })
  return {
    name: deps.workspace.name,
    fetch: inProcess(app),
    advance: (promotionId) => workOnce(deps, silentLog, promotionId),
    close: () => deps.db.destroy(),
  }
}
