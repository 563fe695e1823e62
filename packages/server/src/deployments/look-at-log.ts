import { eventsSince, readHead } from '../audit/store.ts'
import type { Deps } from '../deps.ts'

/** Another process may change what services have to do; its bell is not heard here. */
const LOOK_EVERY_MS = 1_000

/** The events after which a deployment's target may be another one. */
const changesOfTargets = [
  'stage.promoted',
  'stage.imported',
  'stage.rolled-back',
  'model-version.rejected',
  'model-version.released',
  'model-version.rolled-back',
  'model-version.recalled',
  'recall.issued',
  'recall.lifted',
  'recall.received',
  'recall.lift-received',
  'policy.applied',
  'deployment.updated',
  'deployment.challenger-set',
  'deployment.rollout-held-back',
  'deployment.key-created',
  'deployment.key-revoked',
  'deployment.deleted',
]

/** A watch over the log. What is committed after `ready` is told. */
export type Look = { ready: Promise<void>; stop: () => void }

/**
 * Looks when the bell rings and once a second at what came into the log since, and tells each time in which projects
 * something happened that can change a target. `ended` is called when the workspace closes.
 */
export function lookAtLog(
  { db, bell }: Pick<Deps, 'db' | 'bell'>,
  { looked, ended }: { looked: (changed: ReadonlySet<string | null>) => Promise<void>; ended: () => void },
): Look {
  let seen: number | null = null
  let looking = false
  let again = false
  const lookOnce = async (from: number) => {
    const events = await eventsSince(db, changesOfTargets, from)
    await looked(new Set(events.map(({ project }) => project)))
    return events.at(-1)?.sequence ?? from
  }
  const look = async () => {
    again = true
    if (looking || seen === null) return
    looking = true
    try {
      while (again) {
        again = false
        seen = await lookOnce(seen)
      }
    } catch {
      // What was not told is looked at again in a second.
    } finally {
      looking = false
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  const stopTimer = () => clearInterval(timer)
  const end = () => {
    stopTimer()
    ended()
  }
  const leave = bell.listen({ hear: look, end })
  const ready = readHead(db).then(({ size }) => {
    seen = size
  })
  return {
    ready,
    stop: () => {
      stopTimer()
      leave()
    },
  }
}
