import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { outcomeLine } from '../../output/outcome.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack check',
  summary: 'Open each component of a stack and say what is wrong and what to do',
  description: 'Ends with exit code 1 when a component fails.',
  args: { name: { summary: 'Stack' } },
  examples: ['airlock stack check staging-stack'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const check = await client.checkStack({ project, stack: args.name })
    return {
      data: check,
      text: () =>
        check.components
          .map(({ type, flavor, ...finding }) => outcomeLine({ subject: `${type}:${flavor}`, ...finding }, context))
          .join('\n'),
      exitCode: check.sound ? exitCodes.done : exitCodes.refused,
    }
  },
})
