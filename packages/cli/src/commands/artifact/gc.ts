import type { Collection, KeepReason } from '@airlock-ml/contract'
import { ageSeconds } from '../../artifact/parse-age.ts'
import type { Context } from '../../context.ts'
import { command } from '../../manifest/command.ts'
import { sizeText } from '../../output/size.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

const reasons: Readonly<Record<KeepReason, string>> = {
  recent: 'made, stored or read lately',
  'keep-tag': 'has the tag keep',
  'model-version': 'part of a model version',
  'stage-or-export': 'of the training of a version that held a stage or was exported',
  'imported-bundle': 'came with a bundle',
  'open-promotion': 'named by an open promotion',
  comparison: 'of a comparison',
  recall: 'recalled',
  'running-run': 'of a run that is running',
  'prediction-log': 'part of a prediction log',
  pipeline: 'read by a pipeline by its digest',
  'newest-of-name': 'newest version of a given name',
}

export default command({
  name: 'artifact gc',
  summary: 'Delete the bytes of artifacts that nothing needs',
  description: `Says for all that stays why it does. Rows and lineage of what is deleted stay, and say when and by whom; the same bytes
stored again bring it back. Takes a platform-admin, and is an audit event.`,
  options: {
    olderThan: {
      value: 'AGE',
      default: '30d',
      summary: 'Spare what was made, stored or read later than this long ago',
    },
    dryRun: { summary: 'Say what it would delete and change nothing' },
  },
  examples: ['airlock artifact gc --dry-run', 'airlock artifact gc --older-than 8w'],
  run: async ({ options: { olderThan, dryRun }, context }) => {
    const olderThanSeconds = ageSeconds(olderThan)
    const { client, project } = await openWorkspace(context)
    const collection = await client.collectArtifacts({ project, body: { olderThanSeconds, dryRun } })
    return { data: collection, text: () => collectionText(collection, context) }
  },
})

async function collectionText(collection: Collection, context: Context): Promise<string> {
  const { dryRun, collected, artifacts, kept, waiting } = collection
  const amount = ({ count, sizeBytes }: Collection['collected']) => `${count}, ${sizeText(sizeBytes)}`
  const parts = [`${dryRun ? 'would delete' : 'deleted'} ${amount(collected)}`]
  if (artifacts.length > 0)
    parts.push(
      await table(
        artifacts,
        {
          Digest: ({ digest }) => digest.slice(0, 12),
          Size: ({ sizeBytes }) => sizeText(sizeBytes),
          Artifacts: ({ names }) => names.join(', ') || 'never recorded',
        },
        context,
      ),
    )
  if (artifacts.length < collected.count) parts.push(`and ${collected.count - artifacts.length} more`)
  for (const [reason, each] of Object.entries(kept))
    parts.push(`kept ${amount(each)}: ${reasons[reason as KeepReason]}`)
  if (waiting > 0 && !dryRun)
    parts.push(
      `${waiting} deleted before are still in the store, as somebody may be writing the same; run it again in an hour`,
    )
  return parts.join('\n')
}
