import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ComponentType, PlatformError, type StackComponent } from '@airlock-ml/contract'
import type { ProjectFolder } from '../project/config.ts'
import { CONFIG_FILE } from '../project/find-project.ts'
import { didYouMean } from '../project/nearest.ts'
import { readStacksFile, type WantedStack, type WantedStacks } from './read-file.ts'

/** Where a project keeps its stacks, seen from its root; the first that is there counts. */
const PLACES = [join('governance', 'stacks.yaml'), 'stacks.yaml']

/**
 * The stacks that a workspace is to have: those of `file` alone, or else those of airlock.config.ts and of the project's
 * stacks.yaml. Throws `cli_file_invalid` and `cli_config_invalid`.
 */
export async function wantedStacks(folder: ProjectFolder, workspace: string, file?: string): Promise<WantedStacks> {
  if (file !== undefined) {
    const stacks = (await stacksIn(file, folder)).get(workspace)
    if (stacks) return stacks
    throw new PlatformError('cli_file_invalid', `${file} has no stacks of the workspace ${workspace}.`)
  }
  const place = PLACES.map((each) => join(folder.dir, each)).find(existsSync)
  const filed: WantedStacks = (place && (await stacksIn(place, folder)).get(workspace)) || new Map()
  const wanted = new Map<string, WantedStack>(filed)
  for (const [name, { labels = {}, components }] of Object.entries(folder.config.workspaces[workspace]?.stacks ?? {})) {
    const parts = components?.map(({ type, flavor, config = {} }) => ({ type: type as ComponentType, flavor, config }))
    if (parts && filed.has(name))
      throw new PlatformError(
        'cli_config_invalid',
        `The stack ${name} stands in ${CONFIG_FILE} and in ${place}: keep one.`,
      )
    if (parts) wanted.set(name, { labels, components: parts as StackComponent[] })
    else if (!filed.has(name)) {
      const hint = await didYouMean(name, [...filed.keys()])
      const message = `${CONFIG_FILE} names the stack ${name} without components, and ${place ?? PLACES[0]} does not say what it is made of.${hint}`
      throw new PlatformError('cli_config_invalid', message)
    }
  }
  return wanted
}

async function stacksIn(path: string, { config }: ProjectFolder): Promise<ReadonlyMap<string, WantedStacks>> {
  const stacks = await readStacksFile(path)
  const known = Object.keys(config.workspaces)
  for (const name of stacks.keys()) {
    if (known.includes(name)) continue
    const hint = await didYouMean(name, known)
    throw new PlatformError('cli_file_invalid', `${path}: ${CONFIG_FILE} has no workspace ${name}.${hint}`)
  }
  return stacks
}
