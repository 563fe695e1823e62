import type { ServiceReport } from '@airlock-ml/contract'

type Counts = ServiceReport['counts']

/**
 * What several processes that share one port say as one service: `own`, with what all of them counted, and a swap that
 * is over when the last of them has given its last old answer.
 */
export function reportOfAll(own: ServiceReport, others: readonly ServiceReport[]): ServiceReport {
  if (others.length === 0) return own
  const counts = { ...own.counts }
  for (const each of others)
    for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] += each.counts[name]
  const shadow = own.shadow && { ...own.shadow }
  for (const each of others)
    if (shadow && each.shadow)
      for (const name of Object.keys(shadow) as (keyof typeof shadow)[]) shadow[name] += each.shadow[name]
  const fault = own.fault ?? others.find((each) => each.fault !== null)?.fault ?? null
  return { ...own, counts, shadow, fault, lastSwap: swapOfAll(own.lastSwap, others) }
}

function swapOfAll(own: ServiceReport['lastSwap'], others: readonly ServiceReport[]): ServiceReport['lastSwap'] {
  if (!own) return own
  const same = others.flatMap(({ lastSwap }) =>
    lastSwap?.from === own.from && lastSwap.to === own.to ? [lastSwap, own] : [own],
  )
  const times = same.flatMap(({ lastOldAnswerAt }) => lastOldAnswerAt ?? []).sort()
  return {
    ...own,
    lastOldAnswerAt: times.at(-1) ?? null,
    oldAnswersAfterHeard: [...new Set([own, ...same])].reduce((sum, each) => sum + each.oldAnswersAfterHeard, 0),
  }
}
