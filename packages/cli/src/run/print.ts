import type { Run, StepRun } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { table } from '../output/table.ts'
import { durationBetween } from '../output/time.ts'

/** As many steps are printed unless all are asked for. */
const MOST = 50

/** So much is repeated of an error that was told in full while the run went on. */
const MOST_TOLD = 100

/** What `run` and `run show` print. `told`: whoever reads it has just seen what the run failed with. */
export function runResult(run: Run, context: Context, { all = false, told = false } = {}): Result {
  const { model } = run
  const messageOf = told ? short : (message: string) => message
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
      retries: run.retryOf ?? undefined,
      cancelled: run.cancelRequest
        ? `asked for by ${run.cancelRequest.by}${run.cancelRequest.reason ? `: ${run.cancelRequest.reason}` : ''}`
        : undefined,
      error: run.error
        ? `${run.error.step === null ? '' : `${run.error.step}: `}${messageOf(run.error.message)}`
        : undefined,
      hooks:
        run.hooks.map(({ name, outcome, error }) => `${name} ${outcome}${error ? `: ${error}` : ''}`).join('\n') ||
        undefined,
    },
    {
      context,
      more: async () => (await stepsTable(run, context, all)) + attemptLines(run, all) + stepHookLines(run, all),
    },
  )
}

function short(message: string): string {
  const [first = ''] = message.split('\n')
  return first.length > MOST_TOLD ? `${first.slice(0, MOST_TOLD).toWellFormed()}…` : first
}

async function stepsTable(run: Run, context: Context, all: boolean): Promise<string> {
  const { steps } = run
  if (all || steps.length <= MOST) return await stepRows(steps, context)
  const counts = [...Map.groupBy(steps, ({ status }) => status)].map(([status, same]) => `${same.length} ${status}`)
  const hint = `${steps.length} steps: ${counts.join(', ')}. For all: airlock run show ${run.id} --all`
  return `${await stepRows(foremost(steps), context)}\n${context.colours.dim(hint)}`
}

const urgency = (step: StepRun): number =>
  ['failed', 'lost', 'cancelled'].includes(step.status) ? 0 : step.status === 'running' ? 1 : 2

/** Those that went wrong and those that run come before the first of the others. */
const foremost = (steps: readonly StepRun[]) => steps.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, MOST)

const stepRows = (steps: readonly StepRun[], context: Context): Promise<string> =>
  table(
    steps,
    {
      Step: ({ name }) => name,
      Status: (step) => statusText(step),
      Took: ({ startedAt, endedAt }) => durationBetween(startedAt, endedAt),
      Attempts: ({ earlierAttempts }) => (earlierAttempts.length === 0 ? '' : earlierAttempts.length + 1),
      Made: ({ outputs }) =>
        Object.entries(outputs)
          .map(([name, { id }]) => `${name} ${id}`)
          .join('\n'),
    },
    context,
  )

function statusText({ status, cachedFrom, skipReason }: StepRun): string {
  if (cachedFrom !== null) return `${status} from ${cachedFrom}`
  return skipReason === null ? status : `${status}: ${skipReason}`
}

/** What went wrong in steps before they were tried again. */
function attemptLines({ steps }: Run, all: boolean): string {
  const lines = steps.flatMap(({ name, earlierAttempts }) =>
    earlierAttempts.map(({ endedAt, error }, at) => `${name}, attempt ${at + 1}, ${endedAt}: ${error}`),
  )
  return section('Attempts that failed', lines, all)
}

/** What became of hooks that authors gave their steps. */
function stepHookLines({ steps }: Run, all: boolean): string {
  const lines = steps.flatMap(({ name: step, hooks }) =>
    hooks.map(({ name, outcome, error }) => `${name} of ${step} ${outcome}${error ? `: ${error}` : ''}`),
  )
  return section('Hooks of steps', lines, all)
}

function section(title: string, lines: readonly string[], all: boolean): string {
  if (lines.length === 0) return ''
  const shown = all ? lines : lines.slice(0, MOST)
  const more = shown.length < lines.length ? `\n… and ${lines.length - shown.length} more` : ''
  return `\n\n${title}:\n${shown.join('\n')}${more}`
}
