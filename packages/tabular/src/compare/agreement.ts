/** How far two raters say the same. */
export interface Agreement {
  /** Of all rows, those on which they agree. */
  readonly share: number
  /** Cohen's kappa: agreement beyond chance, 1 at most. `null` when chance alone explains all of it. */
  readonly kappa: number | null
}

/** Agreement of two lists of labels, row by row. They must not be empty and be of one length. */
export function agreementOf(first: readonly string[], second: readonly string[]): Agreement {
  const rows = first.length
  const same = first.filter((label, row) => label === second[row]).length / rows
  const shareOf = (labels: readonly string[], label: string) => labels.filter((each) => each === label).length / rows
  const chance = [...new Set([...first, ...second])].reduce(
    (sum, label) => sum + shareOf(first, label) * shareOf(second, label),
    0,
  )
  return { share: same, kappa: chance === 1 ? null : (same - chance) / (1 - chance) }
}
