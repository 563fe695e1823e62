import { relative } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { loadConfig, pipelineFile } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { openProjectFolder } from '../project/config.ts'
import type { RunRequest } from '../run/run-by-name.ts'
import { stopSignal } from '../up/stop-signal.ts'
import { watchFiles } from './file-changes.ts'
import { startRound } from './round.ts'

/** A run of a watch, or null where it came to none, and what was changed for it. */
type WatchedRound = { changed: readonly string[]; run: { id: string; status: string } | null }

/**
 * Runs a pipeline, and again whenever one of its files is saved, until the process is asked to stop. A save during a run
 * cancels that run: what its steps had made is in the cache, and the next run takes it.
 */
export async function watchPipeline(context: Context, request: RunRequest): Promise<Result> {
  const { dir } = await projectOf(context, request)
  const changes = watchFiles()
  context.onEnd(changes.close)
  const stopped = stopSignal().then(() => null)
  const rounds: WatchedRound[] = []
  let changed: readonly string[] | null = []
  while (changed !== null) {
    const startedMs = Date.now()
    const round = startRound(context, request, (files) => changes.add(files, startedMs))
    const next = Promise.race([changes.next(), stopped])
    const first = await Promise.race([round.ended.then(() => 'ended' as const), next])
    if (first !== 'ended') round.cancel(first === null ? 'Ctrl-C' : `a change of ${namesOf(first)}`)
    rounds.push({ changed, run: await round.ended })
    if (first === 'ended') tellOf(rounds.at(-1)!)
    else context.note(context.colours.dim(rounds.at(-1)!.run?.status ?? 'ended before it could tell how its run went'))
    const paths: readonly string[] | null = await next
    changed = paths === null ? null : paths.map((path) => relative(dir, path))
    if (changed !== null) context.note(context.colours.bold(`\n${changed.join(', ')} changed`))
  }
  return { data: { rounds }, text: () => '' }

  function tellOf({ run }: WatchedRound): void {
    const { dim, green, red } = context.colours
    const status = run === null ? red('no run') : run.status === 'completed' ? green(run.status) : red(run.status)
    const waiting = `waiting for a change of ${changes.count()} files; Ctrl-C ends`
    context.note(`${status}  ${dim(run === null ? waiting : `run ${run.id}; ${waiting}`)}`)
  }

  function namesOf(paths: readonly string[]): string {
    return paths.map((path) => relative(dir, path)).join(', ')
  }
}

/** What is wrong from the beginning is no slip between two saves: it ends the command. */
async function projectOf(context: Context, { environment, noCache, pipeline }: RunRequest): Promise<{ dir: string }> {
  if (environment !== 'local')
    throw new PlatformError('cli_usage_invalid', '--watch is for trying things out: it runs in the environment local.')
  if (noCache) {
    throw new PlatformError('cli_usage_invalid', '--watch takes what did not change, which --no-cache would not.')
  }
  await openProjectFolder(context.cwd)
  const { projectDir, config } = await loadConfig(context.cwd)
  await pipelineFile(projectDir, config, pipeline)
  return { dir: projectDir }
}
