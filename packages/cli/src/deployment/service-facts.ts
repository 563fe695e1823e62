import type { Client } from '@airlock-ml/client'
import type { Deployment } from '@airlock-ml/contract'
import { readSupervisorState, type SupervisorState, supervisorFiles, supervisorOf } from '@airlock-ml/serving'
import type { Context } from '../context.ts'
import type { Fields } from '../output/show.ts'
import { relativeTime } from '../output/time.ts'
import { isServiceHere } from './service-folder.ts'

/** How long it took until what was done to the stage was done at the service, too. */
export type SwapTime = {
  from: number | null
  to: number | null
  /** `promote`, `rollback`, `recall` … */
  act: string
  /** From the commit of that act to the last answer of the version before. */
  commitToLastOldAnswerMs: number
  /** What the version before answered after the service had heard of it. */
  oldAnswersAfterHeard: number
}

type Recorded = {
  number: number | null
  swap: { oldAnswersAfterHeard: number } | null
  cause: { act: string } | null
  commitToLastOldAnswerMs: number | null
}

/** As the record of the last swap has it; null where there is none, or where the caller may not read the record. */
export async function lastSwapTime(client: Client, { id }: Pick<Deployment, 'id'>): Promise<SwapTime | null> {
  const query = { type: 'deployment.version-answers', subject: id, limit: 1 }
  const [event] = (await client.listAuditEvents(query).catch(() => ({ items: [] }))).items
  if (!event) return null
  const { number, swap, cause, commitToLastOldAnswerMs: ms } = event.after as Recorded
  const from = (event.before as { number: number | null } | null)?.number ?? null
  if (ms === null || from === null || !cause || !swap) return null
  return {
    ...{ from, to: number, act: cause.act, commitToLastOldAnswerMs: ms },
    oldAnswersAfterHeard: swap.oldAnswersAfterHeard,
  }
}

/** The process that keeps a service running here; null where the service is not here. */
export type ServiceProcess = SupervisorState & { isRunning: boolean; log: string }

export async function processHere(dir: string): Promise<ServiceProcess | null> {
  if (!isServiceHere(dir)) return null
  const files = supervisorFiles(dir)
  const state = await readSupervisorState(files.state)
  return state && { ...state, isRunning: (await supervisorOf(dir)) !== null, log: files.log }
}

/** Both for people. */
export function factFields(
  { swap, here }: { swap: SwapTime | null; here: ServiceProcess | null },
  { now }: Pick<Context, 'now'>,
): Fields {
  const at = (timestamp: string) => relativeTime(timestamp, now())
  const pids = Object.values(here?.pids ?? {}).join(', ')
  return {
    'took over': swap
      ? `${swap.to ?? 'nobody'} from ${swap.from}: ${swap.commitToLastOldAnswerMs} ms from the ${swap.act} to the last answer of ${swap.from}, ${swap.oldAnswersAfterHeard} after it was heard of`
      : undefined,
    'runs here': here
      ? here.isRunning
        ? `${here.state}${pids && `, process ${pids}`}, ${here.restarts} restarts`
        : `no, last ${here.state} ${at(here.updatedAt)}`
      : undefined,
    'last exit': here?.lastExit ? `${here.lastExit.how}, ${at(here.lastExit.at)}` : undefined,
    'next start': here?.isRunning && here.nextStartAt ? at(here.nextStartAt) : undefined,
    trouble: here?.trouble ?? undefined,
    logs: here?.log,
  }
}
