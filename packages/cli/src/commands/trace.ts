import { command } from '../manifest/command.ts'
import { traceResult } from '../trace/print.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'trace',
  summary: 'Walk from a version, artifact, bundle or run back to data, steps and commit',
  description: `From what this workspace holds: of an imported version, from what travelled in its bundle, with the other workspace
offline. REF is MODEL/NUMBER, MODEL/STAGE or MODEL (who holds production); the id of a version, artifact, run or promotion;
the SHA-256 of an artifact, bundle or snapshot; or a git commit.`,
  args: { ref: { summary: 'What to trace' } },
  examples: [
    'airlock trace breast_cancer_classifier/3 --workspace enterprise-production',
    'airlock trace breast_cancer_classifier --workspace enterprise-production --json',
  ],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    return traceResult(await client.trace({ project, ref: args.ref }), context)
  },
})
