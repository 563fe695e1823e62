import type { Run } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { table } from '../output/table.ts'
import { durationBetween } from '../output/time.ts'

/** What `run` and `run show` print. */
export function runResult(run: Run, context: Context): Result {
  const { model } = run
  return shown(
    run,
    {
      id: run.id,
      pipeline: run.pipeline,
      status: run.status,
      environment: run.environment,
      stack: run.stack,
      model: model && `${model.action} ${model.name}${model.number === null ? '' : ` version ${model.number}`}`,
      digest: model?.digest,
      snapshot: run.snapshotId,
      evidence: run.grade,
      started: `${run.startedAt} by ${run.startedBy}`,
      took: durationBetween(run.startedAt, run.endedAt),
      error: run.error ? `${run.error.step === null ? '' : `${run.error.step}: `}${run.error.message}` : undefined,
      hooks:
        run.hooks.map(({ name, outcome, error }) => `${name} ${outcome}${error ? `: ${error}` : ''}`).join('\n') ||
        undefined,
    },
    { context, more: () => stepsTable(run, context) },
  )
}

const stepsTable = (run: Run, context: Context): Promise<string> =>
  table(
    run.steps,
    {
      Step: ({ name }) => name,
      Status: ({ status }) => status,
      Took: ({ startedAt, endedAt }) => durationBetween(startedAt, endedAt),
      Made: ({ outputs }) =>
        Object.entries(outputs)
          .map(([name, { id }]) => `${name} ${id}`)
          .join('\n'),
    },
    context,
  )
