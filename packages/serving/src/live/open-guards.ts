import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeploymentTarget } from '@airlock-ml/contract'
import type { Observer } from '../answer/answered-batch.ts'
import type { ServiceLog } from '../answer/serving.ts'
import type { Contact } from '../follow/follow-target.ts'
import { brokenGuard } from './broken-guard.ts'
import { type GuardWindow, openGuardWindow } from './guard-window.ts'

type Challenger = NonNullable<DeploymentTarget['challenger']>

export type GuardsOptions = {
  /** Folder of the service: a retreat outlives it, and is that of all its processes. */
  dir: string
  project: string
  deployment: string
  contact: Contact
  log: ServiceLog
  /** What is in breach in the latest monitoring window of a version and not in the champion's. Default: nothing. */
  driftBeside?: (versionId: string) => readonly string[]
  now?: () => Date
}

/** Ends what answers beside the champion when a guard breaks: here at once, and on record as soon as may be. */
export type LiveGuards = Observer & {
  /** Whether it answers nobody any more, whatever the target says. */
  isHeldBack: (challenger: Challenger) => boolean
  /** Reads what was held back before; to be awaited before a target is carried out. */
  load: () => Promise<void>
  /** Looks at what answers beside from now on. */
  follow: (target: DeploymentTarget) => void
  /** Takes out what answers beside, for a reason that it does not see itself. To be awaited before a target is carried out. */
  holdBack: (challenger: Challenger, reason: string) => Promise<void>
  /** Told when something was held back, so that it stops at once. */
  onRetreat: (retreat: () => void) => void
  /** Judges the last window, and tells the workspace what it does not know yet. */
  look: () => Promise<void>
  close: () => Promise<void>
}

/** A retreat as it is kept. */
type Retreat = { versionId: string; since: string; number: number; reason: string; told: boolean }

const LOOK_EVERY_MS = 1_000
const MOST_PAIRS = 50_000

export function openGuards({
  dir,
  project,
  deployment,
  contact,
  log,
  driftBeside = () => [],
  now = () => new Date(),
}: GuardsOptions): LiveGuards {
  const path = join(dir, 'retreat.json')
  let retreat: Retreat | null = null
  let watched: (Challenger & { champion: GuardWindow; challenger: GuardWindow; pairs: Pairs }) | null = null
  let onRetreat = () => {}
  let looking: Promise<void> = Promise.resolve()

  const isHeldBack = ({ version, since }: Challenger) =>
    retreat !== null && retreat.versionId === version.id && retreat.since === since
  const load = async () => {
    const text = await readFile(path, 'utf8').catch(() => null)
    const found = text === null ? null : (JSON.parse(text) as Retreat)
    // Another process of the service may have retreated, or told.
    if (found && (found.versionId !== retreat?.versionId || found.since !== retreat.since || found.told))
      retreat = found
  }
  const keep = async (next: Retreat) => {
    retreat = next
    const draft = `${path}.${process.pid}`
    await writeFile(draft, JSON.stringify(next), { mode: 0o600 })
    await rename(draft, path)
  }
  const holdBack = async ({ version, since }: Challenger, reason: string) => {
    retreat = { versionId: version.id, since, number: version.number, reason, told: false }
    log.warn({ number: version.number, reason }, 'a guard broke: the version answers nobody any more')
    onRetreat()
    await keep(retreat).catch((error: unknown) => log.error({ error }, 'the retreat could not be kept'))
  }
  const judge = async () => {
    if (!watched || isHeldBack(watched)) return
    const { version, mode, since, guards, pairs } = watched
    const reason = brokenGuard(guards, {
      ...{
        mode,
        pairs: pairs.seen(),
        drifting: driftBeside(version.id),
        minutes: (now().getTime() - Date.parse(since)) / 60_000,
      },
      champion: watched.champion.seen(),
      challenger: watched.challenger.seen(),
    })
    if (reason !== null) await holdBack(watched, reason)
  }
  const tell = async () => {
    if (!retreat || retreat.told) return
    const { number, reason } = retreat
    try {
      await contact((client) => client.retreat({ project, deployment, body: { number, reason } }))
      await keep({ ...retreat, told: true })
    } catch (error) {
      log.warn({ error, number }, 'the workspace could not be told of the retreat; it is tried again')
    }
  }
  const look = () => {
    looking = looking.then(async () => {
      const before = retreat
      await load().catch(() => {})
      if (retreat !== before && watched && isHeldBack(watched)) onRetreat()
      await judge()
      await tell()
    })
    return looking
  }
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    void look().finally(() => {
      isLooking = false
    })
  }, LOOK_EVERY_MS).unref()
  return {
    isHeldBack,
    load,
    holdBack,
    look,
    follow: ({ challenger }) => {
      if (!challenger) watched = null
      else if (watched?.version.id !== challenger.version.id || watched.since !== challenger.since) {
        const window = () => openGuardWindow({ windowMs: challenger.guards.windowSeconds * 1_000, now })
        watched = { ...challenger, champion: window(), challenger: window(), pairs: openPairs() }
      }
    },
    onRetreat: (retreating) => {
      onRetreat = retreating
    },
    observe: (batch) => {
      if (!watched) return
      if (batch.role === 'champion') watched.champion.answered(batch)
      else if (batch.version.id === watched.version.id) watched.challenger.answered(batch)
      if (watched.mode === 'shadow') watched.pairs.add(batch)
    },
    failed: ({ role, version, rows }) => {
      if (role === 'champion') watched?.champion.failed(rows)
      else if (version.id === watched?.version.id) watched.challenger.failed(rows)
    },
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

type Pairs = ReturnType<typeof openPairs>

/** What a shadow said of the same rows. */
function openPairs() {
  const labels = new Map<string, string>()
  const seen = { other: 0, of: 0 }
  return {
    add: ({ role, ids, labels: said }: { role: string; ids: readonly string[]; labels: readonly string[] }) => {
      for (const [row, id] of ids.entries()) {
        if (role === 'champion') {
          labels.set(id, said[row]!)
          // A row that the shadow never answers is not waited for without end.
          if (labels.size > MOST_PAIRS) labels.delete(labels.keys().next().value!)
          continue
        }
        const first = labels.get(id)
        if (first === undefined) continue
        labels.delete(id)
        seen.of++
        if (first !== said[row]) seen.other++
      }
    },
    seen: () => ({ ...seen }),
  }
}
