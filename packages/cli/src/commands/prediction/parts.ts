import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { sizeText } from '../../output/size.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'prediction parts',
  summary: 'List the files that hold the predictions of a deployment, newest first',
  args: { deployment: { summary: 'Deployment' } },
  options: pageOptions,
  examples: ['airlock prediction parts cancer-api'],
  run: async ({ args: { deployment }, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const page = await client.listPredictionParts({ project, deployment, ...options })
    return listed(
      page,
      {
        Id: ({ id }) => id,
        Rows: ({ rows }) => rows,
        From: ({ firstAt }) => firstAt,
        To: ({ lastAt }) => lastAt,
        Subjects: ({ subjects }) => subjects,
        Size: ({ sizeBytes }) => sizeText(sizeBytes),
        Removed: ({ removedAt }) => removedAt,
        Digest: ({ digest }) => digest,
      },
      context,
    )
  },
})
