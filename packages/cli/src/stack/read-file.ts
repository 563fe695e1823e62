import { ComponentType, Json, KebabName, Labels, PlatformError, type StackComponent } from '@airlock-ml/contract'
import { schemaProblems } from '@airlock-ml/sdk'
import { z } from 'zod'
import { readYamlFile } from '../project/yaml-file.ts'

const component = z.strictObject({ flavor: KebabName, config: z.record(z.string(), Json).default({}) })
const components = z.strictObject(Object.fromEntries(ComponentType.options.map((type) => [type, component.optional()])))
const stack = z.strictObject({ labels: Labels.default({}), components })
const schema = z.strictObject({ workspaces: z.record(KebabName, z.record(KebabName, stack)) })

/** A stack as it is wanted, without when and where it was put. */
export type WantedStack = { labels: Record<string, string>; components: StackComponent[] }
/** Stacks by name. */
export type WantedStacks = ReadonlyMap<string, WantedStack>

/**
 * Reads a stacks.yaml, strictly: stacks by workspace and name. `path` is absolute. Throws `cli_file_invalid`, with every
 * problem, its place and the nearest known name.
 */
export async function readStacksFile(path: string): Promise<ReadonlyMap<string, WantedStacks>> {
  const value = await readYamlFile(path, 'a file of stacks')
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const problems = schemaProblems(schema, value, parsed.error)
    const lines = problems.map((problem) => `${problem.path || 'the whole'}: ${problem.message}`)
    throw new PlatformError('cli_file_invalid', `${path} holds no sound stacks.\n${lines.join('\n')}`)
  }
  const byWorkspace = Object.entries(parsed.data.workspaces).map(([workspace, stacks]) => {
    const wanted = Object.entries(stacks).map(([name, { labels, components: parts }]) => {
      if (Object.keys(parts).length > 0) return [name, { labels, components: listOf(parts) }] as const
      const where = `workspaces.${workspace}.${name}.components`
      throw new PlatformError('cli_file_invalid', `${path}: ${where} is empty; a stack has at least an orchestrator.`)
    })
    return [workspace, new Map(wanted)] as const
  })
  return new Map(byWorkspace)
}

const listOf = (parts: z.output<typeof components>): StackComponent[] =>
  Object.entries(parts).flatMap(([type, part]) => (part ? { type: type as ComponentType, ...part } : []))
