import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@airlock-ml/client'
import type { DeploymentTarget, ServedVersion, ServiceReport } from '@airlock-ml/contract'
import type { LoadedVersion } from '../answer/loaded-version.ts'
import type { ServiceLog } from '../answer/serving.ts'
import type { Service } from '../answer/start-service.ts'
import type { KeptBytes } from './kept-bytes.ts'
import type { KeptTarget } from './kept-target.ts'

/** How far a service is with what it was told. */
export type Followed = {
  /** What was carried out last. */
  target: DeploymentTarget | null
  /** By which target those answer who answer now, though it is not carried out whole yet. */
  line: DeploymentTarget | null
  /** Versions that are loaded, by id. */
  loaded: Map<string, LoadedVersion>
  /** Who answered before: its bytes stay, so that a rollback needs no store. */
  previous: ServedVersion | null
  fault: string | null
  lastSwap: ServiceReport['lastSwap']
}

export type CarryOutOptions = {
  service: Service
  bytes: KeptBytes
  kept: KeptTarget
  /** Loads and warms a version. */
  load: (version: ServedVersion, bytesOf: (role: string) => Promise<Uint8Array>) => Promise<LoadedVersion>
  /** Whether a challenger answers nobody any more, whatever the target says: a guard broke. */
  isHeldBack?: (challenger: NonNullable<DeploymentTarget['challenger']>) => boolean
  /**
   * Told of each target that was carried out, as to those who watch, with the checked bytes of what its versions consist
   * of. Only a canary is loaded here: a shadow must not run where the champion answers.
   */
  onTarget?: (
    target: DeploymentTarget,
    has: { canary: LoadedVersion | null; bytesOf: (version: ServedVersion, role: string) => Promise<Uint8Array> },
  ) => void | Promise<void>
  log: ServiceLog
  now: () => Date
}

/** An answer of the old version that hangs must not keep the service from hearing what comes next. */
const LAST_ANSWER_MS = 30_000

/**
 * Makes a service what its target asks for. Who may ask and that nobody answers is so at once, and also after a start
 * while the workspace is away; another version comes between two requests, when it is loaded, checked and kept. Rejects
 * when a version cannot be loaded: a challenger after the champion has changed, a champion with all as it was. A target
 * that cannot be kept, as on a full disk, is carried out all the same before it rejects: a recall must end the answers.
 * `client` is null where the target comes from the service's own copy.
 */
export async function carryOut(
  state: Followed,
  options: CarryOutOptions,
  { target, client }: { target: DeploymentTarget; client: Client | null },
): Promise<void> {
  const { service, bytes, kept, now } = options
  const heardAt = now()
  const from = service.router.champion()
  const answeredBefore = from ? service.counters.predictionsOf(from.number) : 0
  service.reconfigure(target)
  if (client) await keepWhoMayAsk(state, kept, target).catch(() => {})
  const bytesOf = (version: ServedVersion, role: string) =>
    bytes.read(client, target.project, artifactOf(version, role))
  const load = async (version: ServedVersion): Promise<LoadedVersion> => {
    const known = state.loaded.get(version.id)
    if (known) return known
    const loaded = await options.load(version, (role) => bytesOf(version, role))
    state.loaded.set(version.id, loaded)
    return loaded
  }
  const champion = target.champion && (await load(target.champion))
  const unkept = client ? await kept.write(target).then(() => null, toError) : null
  const wanted = target.challenger && !options.isHeldBack?.(target.challenger) ? target.challenger : null
  const challenged = wanted?.mode === 'canary' ? await load(wanted.version).then(toLoaded, toError) : { loaded: null }
  const canary = 'loaded' in challenged ? challenged.loaded : null
  const swapped = service.change({
    champion,
    ...{ whyNobody: target.whyNobody, isRecalled: target.isRecalled },
    canary: wanted && canary && !options.isHeldBack?.(wanted) ? { loaded: canary, share: wanted.share } : null,
  })
  state.line = target
  const swappedAt = now()
  const told = await tellOf(options, { ...target, challenger: wanted }, { canary, bytesOf })
  const lastOldAnswerAt = await Promise.race([swapped, sleep(LAST_ANSWER_MS, null, { ref: false })])
  const inUse = new Set([champion, canary].flatMap((loaded) => (loaded ? [loaded.version.id] : [])))
  for (const id of state.loaded.keys()) if (!inUse.has(id)) state.loaded.delete(id)
  if (from?.id !== champion?.version.id) {
    if (from) state.previous = from
    state.lastSwap = {
      from: from?.number ?? null,
      to: champion?.version.number ?? null,
      heardAt: heardAt.toISOString(),
      swappedAt: swappedAt.toISOString(),
      lastOldAnswerAt: from ? (lastOldAnswerAt?.toISOString() ?? null) : null,
      oldAnswersAfterHeard: from ? service.counters.predictionsOf(from.number) - answeredBefore : 0,
    }
    options.log.info(state.lastSwap, champion ? 'another version answers' : 'no version answers')
  }
  state.target = target
  await bytes.prune([target.champion, wanted?.version, state.previous].filter((version) => !!version))
  if ('error' in challenged) throw challenged.error
  if (told) throw told.error
  if (unkept) throw unkept.error
}

/** Lets nobody but the champion answer from the next request on; the rest of it is for `carryOut`. */
export function retreatNow({ line, loaded }: Followed, { service }: CarryOutOptions): void {
  const champion = line?.champion && loaded.get(line.champion.id)
  if (champion) void service.change({ champion, whyNobody: line?.whyNobody ?? null, canary: null })
}

/** What those who watch cannot do is a fault, but no reason to carry out less. */
const tellOf = async (
  { onTarget }: CarryOutOptions,
  ...about: Parameters<NonNullable<CarryOutOptions['onTarget']>>
): Promise<{ error: unknown } | null> => {
  try {
    await onTarget?.(...about)
    return null
  } catch (error) {
    return { error }
  }
}

const toLoaded = (loaded: LoadedVersion) => ({ loaded })
const toError = (error: unknown) => ({ error })

/**
 * A version that cannot be fetched must not keep a revoked key alive over a restart. The revision stays that of before,
 * so that the rest is asked for again.
 */
async function keepWhoMayAsk({ loaded }: Followed, kept: KeptTarget, target: DeploymentTarget): Promise<void> {
  if (!target.champion || loaded.has(target.champion.id)) return
  const before = await kept.read()
  if (before) await kept.write({ ...before, settings: target.settings, keys: target.keys })
}

function artifactOf({ artifacts, digest }: ServedVersion, role: string): { digest: string } {
  if (role === 'model') return { digest }
  const artifact = artifacts[role]
  if (!artifact) throw new Error(`The version has no artifact "${role}", which the pipeline reads.`)
  return artifact
}
