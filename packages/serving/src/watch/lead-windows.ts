import type { WatchMessage, WatchTeam } from './watch-team.ts'
import type { WindowPart } from './watched-version.ts'

export type LeadOptions = {
  team: WatchTeam
  /** Which versions are asked for. */
  versions: () => readonly string[]
  merge: (part: WindowPart, from: number) => void
  refused: (count: number) => void
  /** A process has just joined: it knows nothing of what was judged. */
  joined: () => void
  /** All were asked: what is due can be closed. */
  rounded: () => void
}

/** The first of several processes, which asks the others for what they counted. */
export type LeadWindows = {
  /** Begins a round, and ends the one before, whoever has not answered. */
  ask: () => void
  hear: (message: Extract<WatchMessage, { is: 'counted' }>) => void
  /** Resolves when all others have said their last word, or after so long. */
  lastWords: (ms: number) => Promise<void>
}

/**
 * Others count on until they are asked, so that nothing is lost while the first is away or starts again; of a process
 * that is killed is lost what it counted since it was asked last.
 */
export function leadWindows({ team, versions, merge, refused, joined, rounded }: LeadOptions): LeadWindows {
  const silent = new Set<number>()
  const gone = new Set<number>()
  let isAsking = false
  const allGone = Promise.withResolvers<void>()
  const finish = () => {
    if (!isAsking) return
    isAsking = false
    rounded()
  }
  return {
    ask: () => {
      finish()
      isAsking = true
      for (let each = 1; each < team.size; each++) silent.add(each)
      team.send({ is: 'ask', versions: versions() })
    },
    hear: ({ from, parts, refused: count, isFirst, isLast }) => {
      for (const part of parts) merge(part, from)
      refused(count)
      if (isFirst) joined()
      silent.delete(from)
      if (isLast) gone.add(from)
      else gone.delete(from)
      if (gone.size >= team.size - 1) allGone.resolve()
      if (silent.size === 0) finish()
    },
    lastWords: async (ms) => {
      const late = setTimeout(allGone.resolve, ms)
      await allGone.promise
      clearTimeout(late)
    },
  }
}
