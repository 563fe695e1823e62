import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run logs',
  summary: 'Print what the steps of a run logged, oldest first',
  args: { id: { summary: 'Run' } },
  options: {
    step: { value: 'NAME', summary: 'Of this step only' },
    ...pageOptions,
    limit: { ...pageOptions.limit, default: 200 },
  },
  examples: ['airlock run logs 0198c0de-0000-7000-8000-000000000000 --step train_model'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const page = await client.listLogs({ project, runId: args.id, ...options })
    return {
      data: page,
      text: () => {
        if (page.nextCursor) context.note(`There are more: add --cursor ${page.nextCursor}`)
        const { dim } = context.colours
        return page.items
          .map(({ at, level, step, message }) => `${dim(at)} ${level.padEnd(5)} ${dim(step)} ${message}`)
          .join('\n')
      },
    }
  },
})
