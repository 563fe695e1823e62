import type { Guards } from '@airlock-ml/contract'
import { unpairedDifference, wilsonInterval } from '@airlock-ml/tabular/compare'
import { p99Ms, rowsOver, type Seen } from './guard-window.ts'

export type Watched = {
  mode: 'shadow' | 'canary'
  champion: Seen
  challenger: Seen
  /** Rows that a shadow labelled otherwise than the champion, and rows that both answered. */
  pairs: { other: number; of: number }
  /** What is in breach in its latest monitoring window and not in the champion's. */
  drifting: readonly string[]
  /** For how long it has answered. */
  minutes: number
}

/** A ratio of next to nothing is no reason. */
const LEAST_MORE_MS = 5
/** Of 99.9 %: who looks every second sees something rare soon. */
const Z = 3.290526731491926

/**
 * Which guard is broken, in a sentence; null while none is. A share is over its limit when the whole of its interval is:
 * one failure among the first three rows ends nothing.
 */
export function brokenGuard(guards: Guards, watched: Watched): string | null {
  const { maxMinutes } = guards
  if (maxMinutes !== null && watched.minutes > maxMinutes)
    return `It has answered for more than the ${maxMinutes} minutes that it may.`
  return (
    tooManyFailures(guards, watched) ??
    tooSlow(guards, watched) ??
    tooDifferent(guards, watched) ??
    drifting(guards, watched)
  )
}

function drifting({ drift }: Guards, { drifting }: Watched): string | null {
  if (!drift || drifting.length === 0) return null
  const more = drifting.length > 5 ? ` and ${drifting.length - 5} more` : ''
  return `What it answers is not as at its training, where the champion's is: ${drifting.slice(0, 5).join(', ')}${more}.`
}

function tooManyFailures({ errorRate, windowSeconds }: Guards, { challenger }: Watched): string | null {
  const { failed, answered } = challenger
  const interval = wilsonInterval(failed, failed + answered, Z)
  if (errorRate === null || !interval || interval.low <= errorRate) return null
  return `It failed on ${failed} of ${failed + answered} rows in ${windowSeconds} s; ${percent(errorRate)} may fail.`
}

function tooSlow({ p99Ratio, minRows }: Guards, { mode, champion, challenger }: Watched): string | null {
  if (p99Ratio === null || mode === 'shadow' || fewer(champion, challenger) < minRows) return null
  const [ours, theirs] = [p99Ms(champion), p99Ms(challenger)]
  const slow = rowsOver(challenger, Math.max(p99Ratio * ours, ours + LEAST_MORE_MS))
  if (wilsonInterval(slow, challenger.answered, Z)!.low <= 0.01) return null
  return `Its p99 is ${theirs.toFixed(1)} ms, that of the champion ${ours.toFixed(1)} ms; ${p99Ratio} times is the most.`
}

function tooDifferent({ disagreement, minRows }: Guards, watched: Watched): string | null {
  if (disagreement === null) return null
  const { mode, champion, challenger, pairs } = watched
  if (mode === 'shadow') {
    if (pairs.of < minRows || wilsonInterval(pairs.other, pairs.of, Z)!.low <= disagreement) return null
    return `It says otherwise than the champion on ${pairs.other} of ${pairs.of} rows; ${percent(disagreement)} is the most.`
  }
  if (fewer(champion, challenger) < minRows) return null
  for (const label of new Set([...champion.labels.keys(), ...challenger.labels.keys()])) {
    const of = ({ labels, answered }: Seen) => ({ hits: labels.get(label) ?? 0, of: answered })
    const interval = unpairedDifference(of(champion), of(challenger), Z)!
    if (interval.low <= disagreement && interval.high >= -disagreement) continue
    const share = (seen: Seen) => percent(of(seen).hits / seen.answered)
    return `It says ${label} of ${share(challenger)}, the champion of ${share(champion)}; ${percent(disagreement)} apart is the most.`
  }
  return null
}

const fewer = (a: Seen, b: Seen): number => Math.min(a.answered, b.answered)
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`
