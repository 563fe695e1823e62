/** Customary for the index, whose rules of thumb are made for it. */
const JOINED = 10

/** Bins from `from` up to and without `to`. */
export type Joined = { readonly from: number; readonly to: number }

/**
 * Neighbours joined to at most ten bins of about as many rows each. Where few bins have rows, as of a feature with few
 * values, each stays alone, and so does what lies outside of them: a value that is new shows.
 */
export function joinBins(counts: readonly number[]): Joined[] {
  const filled = counts.filter((count) => count > 0).length
  if (filled <= JOINED) return counts.map((_, bin) => ({ from: bin, to: bin + 1 }))
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const joined: Joined[] = []
  let [from, met] = [0, 0]
  for (const [bin, count] of counts.entries()) {
    met += count
    const isFull = met >= ((joined.length + 1) * rows) / JOINED
    const isLast = bin === counts.length - 1
    if (!isLast && (!isFull || joined.length === JOINED - 1)) continue
    joined.push({ from, to: bin + 1 })
    from = bin + 1
  }
  return joined
}
