import { type Held, isHeld, PlatformError, type RegisteredComparison } from '@airlock-ml/contract'
import { comparisonNames, loadComparison } from '@airlock-ml/sdk'
import { heldText } from '../../change/print.ts'
import { registeredText } from '../../comparison/registered.ts'
import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'comparison apply',
  summary: 'Register what this project declares a version to be judged by',
  description:
    'Each file of `governance/comparisons`, or the one named. The same definition again changes nothing; another one is the next version, and versions are kept for ever. What answers beside the champion is judged by the version that held when that began.',
  args: { name: { summary: 'Comparison (default: all that are declared)', optional: true } },
  examples: ['airlock comparison apply --workspace enterprise-production', 'airlock comparison apply live-quality'],
  run: async ({ args, context }) => {
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const names = args.name === undefined ? await comparisonNames(folder.dir) : [args.name]
    if (names.length === 0)
      throw new PlatformError('comparison_file_not_found', 'There is no file in governance/comparisons.')
    const items: (RegisteredComparison | Held)[] = []
    for (const name of names)
      items.push(await client.applyComparison({ project, body: await loadComparison(folder.dir, name) }))
    const textOf = (each: RegisteredComparison | Held) =>
      isHeld(each)
        ? `${context.colours.yellow('not done yet')}: ${heldText(each.change, workspace)}`
        : registeredText(each, workspace)
    return {
      data: { items },
      text: () => items.map(textOf).join('\n'),
      ...(items.some(isHeld) && { exitCode: exitCodes.pending }),
    }
  },
})
