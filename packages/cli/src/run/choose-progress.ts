import type { RunEvent } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import { coloursFor } from '../output/colours.ts'
import { graphOf } from '../pipeline/graph.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import type { Compiled } from './compile-pipeline.ts'
import { earlierRun } from './earlier-run.ts'
import { liveProgress, type Screen } from './live-progress.ts'
import { progressLines } from './progress.ts'

type Progress = { onEvent: (event: RunEvent) => void; stop: () => void }

/** A tree that is kept up to date where a person looks at a terminal; else a line a step. */
export async function chooseProgress(
  context: Context,
  workspace: OpenWorkspace,
  { spec }: Compiled,
): Promise<Progress> {
  const { stderr, env } = context
  if (!stderr.isTTY || env.CI || env.TERM === 'dumb') return { onEvent: progressLines(context), stop: () => {} }
  const colours = coloursFor(stderr, env)
  return liveProgress({
    screen: stderr as unknown as Screen,
    colours,
    graph: graphOf(spec),
    earlier: await earlierRun(workspace, spec.pipeline).catch(() => null),
    nowMs: () => context.now().getTime(),
    lines: progressLines({ ...context, colours }),
  })
}
