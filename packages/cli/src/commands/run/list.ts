import { RunStatus } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { durationBetween, relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run list',
  summary: 'List runs, newest first',
  options: {
    pipeline: { value: 'NAME', summary: 'Of this pipeline only' },
    status: { value: 'STATUS', summary: 'In this state only', choices: RunStatus.options },
    ...pageOptions,
  },
  examples: ['airlock run list --status failed'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listRuns({ project, ...options }),
      {
        Id: ({ id }) => id,
        Pipeline: ({ pipeline }) => pipeline,
        Environment: ({ environment }) => environment,
        Status: ({ status }) => status,
        Model: ({ model }) => model && `${model.name}${model.number === null ? '' : ` ${model.number}`}`,
        By: ({ startedBy }) => startedBy,
        Started: ({ startedAt }) => relativeTime(startedAt, context.now()),
        Took: ({ startedAt, endedAt }) => durationBetween(startedAt, endedAt),
      },
      context,
    )
  },
})
