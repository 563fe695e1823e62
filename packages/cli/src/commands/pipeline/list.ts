import { allItems } from '@airlock-ml/client'
import type { Pipeline } from '@airlock-ml/contract'
import { loadConfig, pipelineNames } from '@airlock-ml/sdk'
import { command } from '../../manifest/command.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'pipeline list',
  summary: 'List the pipelines of this project and those the workspace knows',
  description:
    'Names come from the files of the project, none of which is run, and from the snapshots of the workspace. Where the two differ, one has no file here, or none has been compiled yet.',
  examples: ['airlock pipeline list'],
  run: async ({ context }) => {
    const workspace = await openWorkspace(context)
    const { client, project } = workspace
    const { projectDir, config } = await loadConfig(workspace.folder.dir)
    const known = new Map<string, Pipeline>()
    for await (const each of allItems(client.listPipelines, { project })) known.set(each.name, each)
    const files = await pipelineNames(projectDir, config)
    const items = [...new Set([...files, ...known.keys()])].sort().map((name) => {
      const { snapshots = 0, latestSnapshotId = null, createdAt = null } = known.get(name) ?? {}
      const file = files.includes(name) ? `${config.pipelines}/${name}.ts` : null
      return { name, project, file, snapshots, latestSnapshotId, createdAt }
    })
    return listed(
      { items, nextCursor: null },
      {
        Name: ({ name }) => name,
        File: ({ file }) => file,
        Snapshots: ({ snapshots }) => snapshots,
        'Latest snapshot': ({ latestSnapshotId }) => latestSnapshotId,
        Created: ({ createdAt }) => createdAt && relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
