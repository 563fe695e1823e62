import type { ComponentType, Stack, StackComponent } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/** Puts every stack that airlock.config.ts gives this workspace. The server checks them. */
export async function applyStacks({ client, project, folder, name }: OpenWorkspace): Promise<Stack[]> {
  const stacks: Stack[] = []
  for (const [stack, { labels = {}, components }] of Object.entries(folder.config.workspaces[name]?.stacks ?? {})) {
    const parts = components.map(({ type, flavor, config = {} }) => ({ type: type as ComponentType, flavor, config }))
    stacks.push(await client.putStack({ project, stack, body: { labels, components: parts as StackComponent[] } }))
  }
  return stacks
}
