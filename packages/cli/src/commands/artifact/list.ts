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
    name: { value: 'NAME', summary: 'Of this name only, as `customers` or `training.train_model.model`' },
    tag: { value: 'TAG', summary: 'With this tag only' },
    digest: { value: 'SHA256', summary: 'With these bytes only' },
    run: { value: 'ID', summary: 'Made by this run only' },
    ...pageOptions,
  },
  description:
    'One line for each time that a version was made or registered. Without its bytes, what was deleted is listed, too.',
  examples: ['airlock artifact list --name training.train_model.model', 'airlock artifact list --tag raw'],
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
        Tags: ({ tags }) => tags.join(', '),
        Deleted: ({ deleted }) => (deleted ? relativeTime(deleted.at, context.now()) : ''),
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
