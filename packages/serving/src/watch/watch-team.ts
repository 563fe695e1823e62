import type { JudgedWindow, WindowPart } from './watched-version.ts'

/** What processes that share the port of one service tell one another of what they watch. */
export type WatchMessage =
  /** The first to the others: give what was counted of these versions since the last time. */
  | { is: 'ask'; versions: readonly string[] }
  /** Its answer, and the last word of a process that stops. */
  | { is: 'counted'; from: number; parts: readonly WindowPart[]; refused: number; isFirst: boolean; isLast: boolean }
  /** The first to the others, so that each can show it: the latest window of each version and role. */
  | { is: 'judged'; latest: readonly JudgedWindow[]; closed: number }

/** The processes that share the port of one service. The first holds their windows together; the others only count. */
export type WatchTeam = {
  /** How many they are, with this one. */
  size: number
  /** To all others, of the first; to the first, of another. */
  send: (message: WatchMessage) => void
  onMessage: (take: (message: WatchMessage) => void) => void
}
