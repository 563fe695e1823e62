import type { Client } from '@airlock-ml/client'
import { isPlatformError, PredictionId } from '@airlock-ml/contract'
import { command } from '../manifest/command.ts'
import { predictionTraceResult } from '../prediction/print.ts'
import { traceResult } from '../trace/print.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'trace',
  summary: 'Walk from a prediction, version, artifact, bundle or run back to data, steps and commit',
  description: `From what this workspace holds: of an imported version, from what travelled in its bundle, with the other workspace
offline. REF is the id of a prediction, or RUNID.ROW of a batch; MODEL/NUMBER, MODEL/STAGE or MODEL (who holds production);
the id of a version, artifact, run or promotion; the SHA-256 of an artifact, bundle or snapshot; or a git commit.`,
  args: { ref: { summary: 'What to trace' } },
  examples: [
    'airlock trace 0198c0de-0000-7000-8000-000000000000 --workspace enterprise-production',
    'airlock trace breast_cancer_classifier/3 --workspace enterprise-production',
    'airlock trace breast_cancer_classifier --workspace enterprise-production --json',
  ],
  run: async ({ args: { ref }, context }) => {
    const { client, project } = await openWorkspace(context)
    if (!PredictionId.safeParse(ref).success) return traceResult(await client.trace({ project, ref }), context)
    const isRow = ref.includes('.')
    const found = isRow ? null : await orNull(client.trace({ project, ref }))
    if (found) return traceResult(found, context)
    return predictionTraceResult(await client.tracePrediction({ project, predictionId: ref }), context)
  },
})

/** Ids of all kinds look alike: what is none of the others may be a prediction. */
const orNull = (tracing: ReturnType<Client['trace']>) =>
  tracing.catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'trace_ref_not_found') return null
    throw error
  })
