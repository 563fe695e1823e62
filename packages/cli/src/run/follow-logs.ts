import { setTimeout as wait } from 'node:timers/promises'
import type { Api, RouteResult } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

export type LoggedLine = RouteResult<Api['listLogs']>['items'][number]

type Follow = {
  runId: string
  step: string | undefined
  level: LoggedLine['level'] | undefined
  /** Told of each line, in order. */
  onLine: (line: LoggedLine) => void
  /** Ends it before the run does. */
  signal: AbortSignal
}

const EVERY_MS = 700

/** Reads the lines of a run as they come, those that are there first, until the run has ended; answers with its status. */
export async function followLogs({ client, project }: OpenWorkspace, follow: Follow): Promise<string> {
  const { runId, step, level, onLine, signal } = follow
  let after = 0
  const readAll = async () => {
    for (;;) {
      const { items, nextCursor } = await client.listLogs({ project, runId, step, level, after, limit: 200 })
      for (const line of items) onLine(line)
      after = items.at(-1)?.line ?? after
      if (nextCursor === null) return
    }
  }
  for (;;) {
    // Asked first: what a run says is all there before it has ended.
    const { status } = await client.showRun({ project, runId })
    await readAll()
    if (status !== 'running' || signal.aborted) return status
    await wait(EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
