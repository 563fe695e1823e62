import type { AnsweredBatch } from '../answer/answered-batch.ts'

/** What one side did in a while. */
export type Seen = {
  answered: number
  failed: number
  /** By label. */
  labels: Map<string, number>
  /** By the eighth of a doubling, of microseconds. */
  latencies: Map<number, number>
}

/** Counts of the last while: old ones go a part at a time, so that nothing is kept of each row. */
export type GuardWindow = {
  answered: (batch: Pick<AnsweredBatch, 'rows' | 'labels' | 'latencyUs'>) => void
  failed: (rows: number) => void
  seen: () => Seen
}

const PARTS = 6

export function openGuardWindow({ windowMs, now }: { windowMs: number; now: () => Date }): GuardWindow {
  const parts: (Seen & { at: number })[] = []
  const current = () => {
    const at = Math.floor(now().getTime() / (windowMs / PARTS))
    while (parts[0] && parts[0].at <= at - PARTS) parts.shift()
    const last = parts.at(-1)
    if (last?.at === at) return last
    const made = { at, answered: 0, failed: 0, labels: new Map(), latencies: new Map() }
    parts.push(made)
    return made
  }
  return {
    answered: ({ rows, labels, latencyUs }) => {
      const part = current()
      part.answered += rows
      for (const label of labels) part.labels.set(label, (part.labels.get(label) ?? 0) + 1)
      for (const us of latencyUs) {
        const bucket = Math.floor(8 * Math.log2(Math.max(1, us)))
        part.latencies.set(bucket, (part.latencies.get(bucket) ?? 0) + 1)
      }
    },
    failed: (rows) => {
      current().failed += rows
    },
    seen: () => {
      current()
      const sum: Seen = { answered: 0, failed: 0, labels: new Map(), latencies: new Map() }
      for (const { answered, failed, labels, latencies } of parts) {
        sum.answered += answered
        sum.failed += failed
        for (const [label, count] of labels) sum.labels.set(label, (sum.labels.get(label) ?? 0) + count)
        for (const [bucket, count] of latencies) sum.latencies.set(bucket, (sum.latencies.get(bucket) ?? 0) + count)
      }
      return sum
    },
  }
}

/** The p99 of what was answered, in milliseconds, to a tenth of it. */
export function p99Ms({ latencies, answered }: Seen): number {
  let left = answered * 0.01
  for (const bucket of [...latencies.keys()].sort((a, b) => b - a)) {
    left -= latencies.get(bucket)!
    if (left < 0) return msOf(bucket)
  }
  return 0
}

/** Rows that took longer. */
export const rowsOver = ({ latencies }: Seen, ms: number): number =>
  [...latencies].reduce((sum, [bucket, count]) => (msOf(bucket) > ms ? sum + count : sum), 0)

/** The middle of a bucket. */
const msOf = (bucket: number): number => 2 ** ((bucket + 0.5) / 8) / 1_000
