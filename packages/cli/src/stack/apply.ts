import { allItems } from '@airlock-ml/client'
import type { Json, Stack } from '@airlock-ml/contract'
import { assertComponents } from '@airlock-ml/stack'
import { jsonDifference } from '../change/difference.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import type { WantedStack, WantedStacks } from './read-file.ts'

/** What became of each stack, or would with `dryRun`. */
export type AppliedStacks = {
  workspace: string
  dryRun: boolean
  stacks: { name: string; change: 'created' | 'changed' | 'unchanged'; difference: string[] }[]
  /** Stacks of the workspace that are not wanted. They are left as they are: runs refer to them. */
  others: string[]
}

/** Brings the stacks of a workspace to what is wanted; all are checked before the first is put. */
export async function applyStacks(
  { client, project, name: workspace }: OpenWorkspace,
  wanted: WantedStacks,
  { dryRun = false } = {},
): Promise<AppliedStacks> {
  for (const { components } of wanted.values()) assertComponents(components)
  const there = new Map<string, Stack>()
  for await (const stack of allItems(client.listStacks, { project })) there.set(stack.name, stack)
  const stacks: AppliedStacks['stacks'] = []
  for (const [name, stack] of wanted) {
    const before = there.get(name)
    const difference = jsonDifference(before ? comparable(before) : {}, comparable(stack))
    const change = !before ? 'created' : difference.length > 0 ? 'changed' : 'unchanged'
    if (!dryRun && change !== 'unchanged') await client.putStack({ project, stack: name, body: stack })
    stacks.push({ name, change, difference })
  }
  return { workspace, dryRun, stacks, others: [...there.keys()].filter((name) => !wanted.has(name)) }
}

/** The order of components says nothing, and a stack has one of each type. */
const comparable = ({ labels, components }: WantedStack): Json => ({
  labels,
  components: Object.fromEntries(components.map(({ type, flavor, config }) => [type, { flavor, config }])),
})
