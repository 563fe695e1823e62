import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
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

/** The project and the stack of every workspace that is made here. */
export const project = 'bench'
export const stack = 'bench-stack'

/** Makes a workspace `bench` in the folder `workspace` of `dir`, with its exchange beside it. */
export async function makeBenchWorkspaceIn(dir: string): Promise<WorkspaceKey> {
  const exchange = join(dir, 'exchange')
  await mkdir(exchange, { recursive: true })
  return makeBenchWorkspace({ dir: join(dir, 'workspace'), exchange, name: 'bench' })
}

/** Makes a workspace with project, stack and the admin `root`. The folder of the exchange must exist. */
export async function makeBenchWorkspace({
  dir,
  exchange,
  name,
}: {
  dir: string
  exchange: string
  name: string
}): Promise<WorkspaceKey> {
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
