/**
 * P values adjusted for having asked several questions (S. Holm, Scand. J. Stat. 6, 1979), in the order given: below the
 * level they may be called significant together.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = new Array<number>(pValues.length)
  let highest = 0
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[i]!))
    adjusted[i] = highest
  }
  return adjusted
}
