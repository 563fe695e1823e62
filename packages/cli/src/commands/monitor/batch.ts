import { PlatformError } from '@airlock-ml/contract'
import { readArtifact } from '../../artifact/read.ts'
import { command } from '../../manifest/command.ts'
import { batchView } from '../../monitoring/drift-view.ts'
import { driftOptions, shownDrift } from '../../monitoring/shown-drift.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'monitor batch',
  summary: 'Show how the rows of a batch run differ from what its version met at training',
  description: 'Out of the JSON output `drift` of the run, as the step `predict_batch` of the template makes it.',
  args: { run: { summary: 'Run' } },
  options: driftOptions,
  examples: ['airlock monitor batch 0198c0de-0000-7000-8000-000000000000 --format html -o drift.html'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const { steps } = await client.showRun({ project, runId: args.run })
    const found = steps.map(({ outputs }) => outputs.drift).findLast((output) => output?.type === 'json')
    if (!found) throw new PlatformError('report_not_found', `${args.run} has made no JSON output called drift.`)
    const { digest, sizeBytes } = found
    const { readBatchDrift } = await import('../../monitoring/read-batch-drift.ts')
    const drift = readBatchDrift(await readArtifact(client, { project, digest, sizeBytes }))
    const { items: hookCalls } = await client.listDriftHooks({ project, runId: args.run })
    const view = batchView(args.run, { summary: drift.summary, ...drift.verdict }, hookCalls)
    return await shownDrift({ view, data: { ...drift, hookCalls }, ...options }, context)
  },
})
