/** The rank of each score from 1, lowest first; rows of one score share the middle of their ranks. */
export function midRanks(scores: ArrayLike<number>): Float64Array {
  const order = Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!)
  const ranks = new Float64Array(order.length)
  for (let at = 0; at < order.length; ) {
    let end = at + 1
    while (end < order.length && scores[order[end]!] === scores[order[at]!]) end++
    const middle = (at + 1 + end) / 2
    for (; at < end; at++) ranks[order[at]!] = middle
  }
  return ranks
}
