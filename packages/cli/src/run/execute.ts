import type { Run, SnapshotSpec } from '@airlock-ml/contract'
import { type RunPipelineOptions, runPipeline } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import { chooseProgress } from './choose-progress.ts'
import type { Compiled } from './compile-pipeline.ts'
import { guardInterrupt } from './interrupt-guard.ts'
import { stackConcurrency } from './stack-concurrency.ts'

type Execution = {
  compiled: Compiled
  workspace: OpenWorkspace
  snapshot: SnapshotSpec | { readonly id: string }
  version?: RunPipelineOptions['version']
  champion?: RunPipelineOptions['champion']
  retryOf?: string
  cache?: Pick<NonNullable<RunPipelineOptions['cache']>, 'renew' | 'watched'>
  /** Cancels it, as Ctrl-C does. */
  signal?: AbortSignal
}

/** Runs a compiled pipeline in this process, with a line for each step. Ctrl-C cancels it and records that. */
export async function execute(
  context: Context,
  { compiled, workspace, snapshot, version, champion, retryOf, cache = {}, signal }: Execution,
): Promise<Run> {
  const { client, project } = workspace
  const concurrency = await stackConcurrency(workspace, compiled.spec.stack)
  const cancel = new AbortController()
  const stray = new AbortController()
  const leaveStrays = context.takeStrays((thrown) => stray.abort(thrown ?? new Error('Something threw nothing.')))
  // Only a terminal sends Ctrl-C to both; whoever gives a signal sees to its end by itself.
  const guard = context.stderr.isTTY && !signal ? guardInterrupt() : null
  const onSignal = (name: NodeJS.Signals) => {
    guard?.heard()
    cancel.abort(new Error(name))
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, onSignal)
  // Paths in parameters are relative to the project, wherever the command was typed.
  process.chdir(compiled.projectDir)
  const progress = await chooseProgress(context, workspace, compiled)
  const restore = stdoutToStderr()
  try {
    const { run } = await runPipeline({
      client,
      project,
      pipeline: compiled.pipeline,
      snapshot,
      labels: compiled.labels,
      hooks: compiled.hooks,
      cache: { projectDir: compiled.projectDir, ...cache },
      onEvent: progress.onEvent,
      signal: signal ? AbortSignal.any([cancel.signal, signal]) : cancel.signal,
      stray: stray.signal,
      now: context.now,
      ...(version && { version }),
      ...(champion && { champion }),
      ...(retryOf !== undefined && { retryOf }),
      ...(concurrency !== undefined && { concurrency }),
    })
    return run
  } finally {
    leaveStrays()
    progress.stop()
    restore()
    guard?.end()
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/** What steps print must not stand before the document of `--json`. */
function stdoutToStderr(): () => void {
  const { write } = process.stdout
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return () => {
    process.stdout.write = write
  }
}
