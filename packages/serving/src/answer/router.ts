import { hash } from 'node:crypto'
import { PlatformError, type ServedVersion } from '@airlock-ml/contract'
import { type Answered, type Asked, type Batcher, type BatcherOptions, openBatcher } from './batcher.ts'
import type { LoadedVersion } from './loaded-version.ts'

/** Who answers from now on. */
export type Line = {
  champion: LoadedVersion | null
  /** Why there is no champion. */
  whyNobody: string | null
  /** Whether that is because the one there would be was recalled. */
  isRecalled?: boolean
  /** Answers this share of the keys; of requests without a key, of the requests. */
  canary: { loaded: LoadedVersion; share: number } | null
}

/** Between which versions requests are shared, and what happens when that changes. */
export type Router = {
  /** Rejects with `nobody_serves`, and what a batcher rejects with. */
  ask: (asked: Asked) => Promise<Answered>
  /**
   * Puts others in line between two requests. Resolves when whoever left has given its last answer, with when that was;
   * null where nobody left.
   */
  change: (line: Line) => Promise<Date | null>
  champion: () => ServedVersion | null
  /** A loaded version that shows the schema; null while there is none. */
  signature: () => Pick<LoadedVersion, 'featureNames' | 'classLabels' | 'version' | 'example'> | null
  /** Why there is no champion: what only callers with a key hear, and whether it was recalled. */
  nobody: () => { why: string; isRecalled: boolean }
  waitingRows: () => number
  close: () => Promise<void>
}

export type RouterOptions = Omit<BatcherOptions, 'role'> & { now: () => Date }

type InLine = Pick<Line, 'whyNobody' | 'isRecalled'> & {
  champion: Batcher | null
  canary: { batcher: Batcher; share: number } | null
}

/** Why nobody answers until a service was first told who does. */
export const JUST_STARTED = 'The service has just started.'

export function openRouter(options: RouterOptions): Router {
  let line: InLine = { champion: null, canary: null, whyNobody: JUST_STARTED }
  const leaving = new Set<Promise<unknown>>()
  const open = (loaded: LoadedVersion, role: 'champion' | 'canary') => openBatcher(loaded, { ...options, role })
  const inLine = ({ champion, canary }: InLine) => [champion, canary?.batcher].filter((each) => !!each)

  const letGo = async (batcher: Batcher) => {
    await batcher.drained()
    // A canary that became the champion answers on.
    if (!inLine(line).some(({ loaded }) => loaded === batcher.loaded)) await batcher.loaded.close()
  }

  const change = async (next: Line): Promise<Date | null> => {
    const before = line
    const keptChampion = before.champion?.loaded === next.champion ? before.champion : null
    const keptCanary = before.canary?.batcher.loaded === next.canary?.loaded ? before.canary?.batcher : undefined
    line = {
      champion: keptChampion ?? (next.champion && open(next.champion, 'champion')),
      canary: next.canary && { share: next.canary.share, batcher: keptCanary ?? open(next.canary.loaded, 'canary') },
      ...{ whyNobody: next.whyNobody, isRecalled: next.isRecalled },
    }
    const staying = new Set(inLine(line))
    const gone = inLine(before).filter((batcher) => !staying.has(batcher))
    if (gone.length === 0) return null
    const left = Promise.all(gone.map(letGo)).then(() => options.now())
    leaving.add(left)
    return await left.finally(() => leaving.delete(left))
  }
  return {
    ask: (asked) => {
      const { champion, canary } = line
      const chosen = canary && isShared(asked, canary.share) ? canary.batcher : champion
      if (chosen) return chosen.ask(asked)
      return Promise.reject(new PlatformError('nobody_serves', 'No version answers.'))
    },
    change,
    champion: () => line.champion?.loaded.version ?? null,
    signature: () => line.champion?.loaded ?? null,
    nobody: () => ({ why: line.whyNobody ?? 'No version answers.', isRecalled: line.isRecalled ?? false }),
    waitingRows: () => (line.champion?.waitingRows() ?? 0) + (line.canary?.batcher.waitingRows() ?? 0),
    close: async () => {
      await change({ champion: null, canary: null, whyNobody: 'The service is stopping.' })
      await Promise.all(leaving)
    },
  }
}

/** The same key always goes the same way while the share stands, and whoever was let in stays in when it grows. */
function isShared({ key }: Asked, share: number): boolean {
  if (key === null) return Math.random() < share
  return Number.parseInt(hash('sha256', `canary ${key}`).slice(0, 8), 16) / 2 ** 32 < share
}
