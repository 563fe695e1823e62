import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { shortDigest } from '../../output/show.ts'
import { sizeText } from '../../output/size.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact list',
  summary: 'List artifact versions, newest first',
  options: {
    name: { value: 'NAME', summary: 'Of this name only, as `training.train_model.model`' },
    digest: { value: 'SHA256', summary: 'With these bytes only' },
    run: { value: 'ID', summary: 'Made by this run only' },
    ...pageOptions,
  },
  examples: ['airlock artifact list --name training.train_model.model'],
  run: async ({ options: { run: runId, ...options }, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listArtifacts({ project, runId, ...options }),
      {
        Id: ({ id }) => id,
        Name: ({ name }) => name,
        Version: ({ version }) => version,
        Type: ({ type }) => type,
        Size: ({ sizeBytes }) => sizeText(sizeBytes),
        Digest: ({ digest }) => shortDigest(digest),
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
