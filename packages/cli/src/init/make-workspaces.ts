import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { readCredentials, storeCredential } from '../project/credentials.ts'
import { layout } from '../project/layout.ts'

/**
 * Makes the embedded workspaces that are missing, with their first admin. A key of the admin that was lost, or never
 * stored because the command was killed, is made anew, as the owner of the folder may. Returns the keys by workspace.
 */
export async function makeWorkspaces(
  folder: ProjectFolder,
  admin: string,
  context: Context,
): Promise<Map<string, string>> {
  const { createWorkspace } = await import('@airlock-ml/server')
  const keys = new Map<string, string>()
  for (const [name, { url, fourEyes = false }] of Object.entries(folder.config.workspaces)) {
    if (url !== undefined) continue
    const dir = layout(folder.dir).workspace(name)
    const stored = (await readCredentials(folder.dir))[name]?.keys[admin]
    const { project } = folder.config
    const made = await createWorkspace({ dir, name, project, admin, fourEyes, renewAdminKey: stored === undefined })
    if (made.apiKey !== null) {
      await storeCredential(folder.dir, { workspace: name, identity: admin, apiKey: made.apiKey, makeDefault: false })
    }
    const apiKey = made.apiKey ?? stored
    if (apiKey !== undefined) keys.set(name, apiKey)
    context.note(`${made.created ? 'made' : 'found'} workspace ${name} in ${dir}`)
  }
  return keys
}
