import { setTimeout as wait } from 'node:timers/promises'
import type { Run } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

const POLL_MS = 250

/** The run when it has ended, or as it is when the time is up. */
export async function untilEnded({ client, project }: OpenWorkspace, run: Run, timeoutMs: number): Promise<Run> {
  const endMs = performance.now() + timeoutMs
  let latest = run
  while (latest.status === 'running' && performance.now() < endMs) {
    await wait(POLL_MS)
    latest = await client.showRun({ project, runId: run.id })
  }
  return latest
}
