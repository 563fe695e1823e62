import { type Client, createClient } from '@airlock-ml/client'
import { createWorkspace, openWorkspace, type Workspace } from '@airlock-ml/server'

/** Where an embedded workspace lies and who acts in it. Plain data, so that it can be sent to a child process. */
export interface WorkspaceKey {
  readonly dir: string
  readonly exchange: string
  readonly apiKey: string
}

/** An open embedded workspace, as the command has it. */
export interface BenchWorkspace {
  readonly workspace: Workspace
  readonly client: Client
  readonly close: () => Promise<void>
}

/** Makes a workspace with a project, a stack and the admin `root`. The folder of the exchange must exist. */
export async function makeBenchWorkspace(wanted: {
  dir: string
  exchange: string
  name: string
  project: string
  stack: string
}): Promise<WorkspaceKey> {
  const { dir, exchange, name, project, stack } = wanted
  const { apiKey } = await createWorkspace({ dir, name, project, admin: 'root' })
  if (apiKey === null) throw new Error(`There is a workspace in ${dir} already.`)
  const key = { dir, exchange, apiKey }
  const { client, close } = await openBenchWorkspace(key)
  await client.putStack({ project, stack, body: { components: [{ type: 'orchestrator', flavor: 'local' }] } })
  await close()
  return key
}

/** Opens a workspace in this process. */
export async function openBenchWorkspace({ dir, exchange, apiKey }: WorkspaceKey): Promise<BenchWorkspace> {
  const workspace = await openWorkspace({ dir, exchange })
  const client = createClient({ baseUrl: 'http://embedded', apiKey, fetch: workspace.fetch })
  return { workspace, client, close: () => workspace.close() }
}
