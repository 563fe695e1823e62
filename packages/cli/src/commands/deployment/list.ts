import { stateText } from '../../deployment/print.ts'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment list',
  summary: 'List deployments, what answers and how their services are',
  options: pageOptions,
  examples: ['airlock deployment list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listDeployments({ project, ...options }),
      {
        Name: ({ name }) => name,
        State: (deployment) => stateText(deployment, context),
        Model: ({ model }) => model,
        Stage: ({ stage }) => stage,
        Answers: ({ report }) => report?.number,
        Challenger: ({ challenger }) => challenger && `${challenger.number} (${challenger.mode})`,
        Url: ({ report }) => report?.url,
        Reported: ({ reportedAt }) => reportedAt && relativeTime(reportedAt, context.now()),
      },
      context,
    )
  },
})
