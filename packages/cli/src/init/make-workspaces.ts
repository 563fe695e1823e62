import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { readCredentials, storeCredential } from '../project/credentials.ts'
import { layout } from '../project/layout.ts'

/** Makes the embedded workspaces that are missing, and stores the key of their first admin. Returns their names. */
export async function makeWorkspaces(folder: ProjectFolder, admin: string, context: Context): Promise<string[]> {
  const { createWorkspace } = await import('@airlock-ml/server')
  const embedded = Object.entries(folder.config.workspaces).filter(([, { url }]) => url === undefined)
  for (const [name] of embedded) {
    const stored = (await readCredentials(folder.dir))[name]
    const dir = layout(folder.dir).workspace(name)
    const { apiKey } = await createWorkspace({
      dir,
      name,
      project: folder.config.project,
      admin,
      exchange: folder.exchange,
      existingApiKey: stored?.keys[admin],
    })
    await storeCredential(folder.dir, { workspace: name, identity: admin, apiKey, makeDefault: false })
    context.note(`workspace ${name} in ${dir}`)
  }
  return embedded.map(([name]) => name)
}
