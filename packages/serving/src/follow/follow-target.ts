import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@airlock-ml/client'
import type { DeploymentTarget, ServedVersion, ServiceReport } from '@airlock-ml/contract'
import type { LoadedVersion } from '../answer/loaded-version.ts'
import type { ServiceLog } from '../answer/serving.ts'
import type { Service } from '../answer/start-service.ts'
import type { KeptBytes } from './kept-bytes.ts'
import type { KeptTarget } from './kept-target.ts'

/** The workspace for one exchange with it; it may come and go. */
export type Contact = <T>(talk: (client: Client) => Promise<T>) => Promise<T>

export type FollowOptions = {
  project: string
  deployment: string
  service: Service
  contact: Contact
  bytes: KeptBytes
  kept: KeptTarget
  /** Loads and warms a version. */
  load: (version: ServedVersion, bytesOf: (role: string) => Promise<Uint8Array>) => Promise<LoadedVersion>
  /** What is told beside what the service counts itself. */
  logCounts: () => Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>
  /** Told of each target that was carried out, as to those who watch. */
  onTarget?: (target: DeploymentTarget, loaded: { challenger: LoadedVersion | null }) => void | Promise<void>
  log: ServiceLog
  now?: () => Date
}

export type Following = {
  /** What the service would report now. */
  report: () => ServiceReport
  /** Says a last word to the workspace, if it is there, and follows no more. */
  stop: () => Promise<void>
}

/** One question waits this long at the workspace for something new. */
const WAIT_MS = 20_000
const REPORT_EVERY_MS = 5_000
const FIRST_RETRY_MS = 500
const MOST_RETRY_MS = 10_000
/** A last word to a workspace that is away is not waited for. */
const LAST_WORD_MS = 2_000

/**
 * Keeps a service at what its deployment asks for. What it was told last is carried out first, from its own copies, so
 * that it answers also while the workspace is away; then it asks the workspace, and each change is carried out between
 * two requests, once the version it names was fetched, checked and has answered once. What cannot be carried out is
 * reported as its fault and tried again; until then whoever answers goes on.
 */
export async function followTarget(options: FollowOptions): Promise<Following> {
  const { contact, kept, log, project, deployment, now = () => new Date() } = options
  const stopping = new AbortController()
  const state: State = { target: null, loaded: new Map(), fault: null, lastSwap: null, startedAt: now().toISOString() }
  const address = { project, deployment }

  const before = await kept.read()
  if (before) await carryOut(state, options, { target: before, client: null }).catch(tellFault(state, log))
  const report = () => reportOf(state, options)
  const tell = () =>
    contact((client) => client.reportService({ ...address, body: report() })).catch((error: unknown) =>
      log.warn({ error }, 'the workspace could not be told how the service is'),
    )

  const askOnce = async () => {
    const known = state.fault === null ? state.target?.revision : undefined
    await contact(async (client) => {
      const target = await client.showDeploymentTarget(
        { ...address, ...(known && { known, waitMs: WAIT_MS }) },
        { signal: stopping.signal },
      )
      if (target.revision === known) return
      await carryOut(state, options, { target, client })
      await kept.write(target)
      await tell()
    })
  }
  const asking = (async () => {
    for (let retryMs = FIRST_RETRY_MS; !stopping.signal.aborted; ) {
      const asked = await askOnce().then(() => true, tellFault(state, log, stopping.signal))
      retryMs = asked ? FIRST_RETRY_MS : Math.min(retryMs * 2, MOST_RETRY_MS)
      if (!asked) await pause(retryMs, stopping.signal)
    }
  })()
  const reporting = (async () => {
    while (!stopping.signal.aborted) {
      await tell()
      await pause(REPORT_EVERY_MS, stopping.signal)
    }
  })()
  return {
    report,
    stop: async () => {
      stopping.abort()
      await Promise.all([asking, reporting])
      const last = { ...address, body: { ...report(), stopping: true } }
      await Promise.race([contact((client) => client.reportService(last)).catch(() => {}), sleep(LAST_WORD_MS)])
    },
  }
}

type State = {
  /** What was carried out last. */
  target: DeploymentTarget | null
  /** Versions that are loaded, by id. */
  loaded: Map<string, LoadedVersion>
  fault: string | null
  lastSwap: ServiceReport['lastSwap']
  startedAt: string
}

async function carryOut(
  state: State,
  options: FollowOptions,
  { target, client }: { target: DeploymentTarget; client: Client | null },
): Promise<void> {
  const { service, bytes, now = () => new Date(), log } = options
  const heardAt = now()
  // Who may ask does not wait until a version is fetched.
  service.reconfigure(target)
  const load = async (version: ServedVersion): Promise<LoadedVersion> => {
    const known = state.loaded.get(version.id)
    if (known) return known
    const bytesOf = (role: string) => bytes.read(client, target.project, artifactOf(version, role))
    const loaded = await options.load(version, bytesOf)
    state.loaded.set(version.id, loaded)
    return loaded
  }
  const champion = target.champion && (await load(target.champion))
  const { challenger: wanted } = target
  const challenger = wanted && (await load(wanted.version))
  const from = service.router.champion()
  const answeredBefore = from ? service.counters.predictionsOf(from.number) : 0
  const swapped = service.change({
    champion,
    whyNobody: target.whyNobody,
    canary: wanted?.mode === 'canary' && challenger ? { loaded: challenger, share: wanted.share } : null,
  })
  const swappedAt = now()
  await options.onTarget?.(target, { challenger })
  const lastOldAnswerAt = await swapped
  const inUse = new Set([champion, challenger].flatMap((loaded) => (loaded ? [loaded.version.id] : [])))
  for (const id of state.loaded.keys()) if (!inUse.has(id)) state.loaded.delete(id)
  if (from?.id !== champion?.version.id) {
    state.lastSwap = {
      from: from?.number ?? null,
      to: champion?.version.number ?? null,
      heardAt: heardAt.toISOString(),
      swappedAt: swappedAt.toISOString(),
      lastOldAnswerAt: from ? (lastOldAnswerAt?.toISOString() ?? null) : null,
      oldAnswersAfterHeard: from ? service.counters.predictionsOf(from.number) - answeredBefore : 0,
    }
    log.info(state.lastSwap, champion ? 'another version answers' : 'no version answers')
  }
  state.target = target
  state.fault = null
  await bytes.prune([target.champion, wanted?.version].filter((version) => !!version))
}

function artifactOf({ artifacts, digest }: ServedVersion, role: string): { digest: string } {
  if (role === 'model') return { digest }
  const artifact = artifacts[role]
  if (!artifact) throw new Error(`The version has no artifact "${role}", which the pipeline reads.`)
  return artifact
}

/** What cannot be carried out is no reason to stop; it is told, and tried again. */
const tellFault =
  (state: State, log: ServiceLog, stopping?: AbortSignal) =>
  (error: unknown): false => {
    if (stopping?.aborted) return false
    state.fault = (error as Error).message.slice(0, 2_000)
    log.warn({ error }, 'the service does not follow its deployment; it goes on as it is and tries again')
    return false
  }

function reportOf(state: State, { service, logCounts }: FollowOptions): ServiceReport {
  const champion = service.router.champion()
  return {
    url: service.url,
    pid: process.pid,
    number: champion?.number ?? null,
    digest: champion?.digest ?? null,
    challengerNumber: state.target?.challenger?.version.number ?? null,
    revision: state.target?.revision ?? null,
    fault: state.fault,
    startedAt: state.startedAt,
    stopping: false,
    counts: { ...service.counters.counts, ...logCounts() },
    lastSwap: state.lastSwap,
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {})
