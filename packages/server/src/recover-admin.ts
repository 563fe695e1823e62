import { closeDeps, openDeps, type WorkspaceOptions } from './open-deps.ts'
import { type NewAdmin, recoverAdminIn } from './workspace/recover-admin.ts'

/**
 * Opens an embedded workspace, served or not, and makes an admin in it by the hand of its host: see `recoverAdminIn`.
 * @throws PlatformError `workspace_not_found`, and those of `recoverAdminIn`
 */
export async function recoverAdmin(options: WorkspaceOptions, wanted: NewAdmin): Promise<{ apiKey: string }> {
  const deps = await openDeps(options)
  try {
    return { apiKey: await recoverAdminIn(deps, wanted) }
  } finally {
    await closeDeps(deps)
  }
}
