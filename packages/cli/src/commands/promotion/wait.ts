import { command } from '../../manifest/command.ts'
import { timeoutOption } from '../../promotion/options.ts'
import { outcomeResult } from '../../promotion/print.ts'
import { settle } from '../../promotion/settle.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion wait',
  summary: 'Wait for a promotion',
  description:
    'Exit code 0 when it completed, 1 when it was refused or rejected, 3 when it awaits approval or the time is over. In an embedded workspace the waiting command does the work itself.',
  args: { id: { summary: 'Promotion' } },
  options: {
    until: {
      value: 'WHEN',
      choices: ['approval', 'end'],
      default: 'approval',
      summary: 'Stop when people must decide, or go on waiting for them',
    },
    timeout: timeoutOption,
  },
  examples: ['airlock promotion wait 0198c0de-0000-7000-8000-000000000000 --until end --timeout 3600'],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    const promotion = await settle(workspace, args.id, {
      timeoutMs: options.timeout * 1_000,
      until: options.until,
      onState: ({ state }) => context.note(state.replaceAll('_', ' ')),
      now: context.now,
    })
    return outcomeResult(promotion, { context, workspace: workspace.name })
  },
})
