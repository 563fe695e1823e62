import { PlatformError } from '@airlock-ml/contract'
import { command } from '../manifest/command.ts'
import { recallResult } from '../recall/print.ts'
import { targetOf } from '../recall/target.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'recall',
  summary: 'Recall a version, artifact or commit, and all that descends from it',
  description:
    'None of it is promoted, exported, imported or rolled back to again, nor what is registered later. What holds a stage goes on holding it until people roll back: the answer says so. Workspaces that believe this one’s bundles or receipts hear of it through the exchange.',
  options: {
    model: { value: 'NAME', summary: 'Model, with --model-version' },
    modelVersion: { value: 'N', integer: true, summary: 'Version number in this workspace' },
    artifact: { value: 'DIGEST', summary: 'SHA-256 of the bytes of an artifact, here or not' },
    commit: { value: 'SHA', summary: 'Whole git commit' },
    reason: { value: 'TEXT', summary: 'Why, for the record; must be given' },
    dryRun: { summary: 'Say what it would reach and change nothing' },
  },
  examples: [
    'airlock recall --model breast_cancer_classifier --model-version 3 --reason "Trained on leaked labels" --dry-run',
    'airlock recall --artifact 2b5e0a3c1f4d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0e1f --reason "Labels were swapped"',
  ],
  run: async ({ options: { reason, dryRun, ...named }, context }) => {
    const target = targetOf(named)
    // Not `required`: the parser would ask for it in front of `recall list`, too.
    if (reason === undefined) throw new PlatformError('cli_usage_invalid', '--reason is missing: why, for the record.')
    const { client, project, name, advance } = await openWorkspace(context)
    const result = await client.recall({ project, body: { target, reason, dryRun } })
    if (!dryRun) await advance?.()
    return recallResult(result, name, context)
  },
})
