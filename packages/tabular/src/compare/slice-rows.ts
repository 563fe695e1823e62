import type { OwnRows, PairedRows, Side, UnpairedRows } from './comparison.ts'
import type { SliceDefinition } from './definition.ts'

/** The rows of a slice; `null` where the values of its feature are not known. */
export function pairedSlice(rows: PairedRows, slice: SliceDefinition): PairedRows | null {
  const within = rowsWithin(rows, slice)
  return (
    within && {
      actual: within.map((row) => rows.actual[row]!),
      champion: sideOf(rows.champion, within),
      challenger: sideOf(rows.challenger, within),
    }
  )
}

/** The rows of a slice on each side; `null` where the values of its feature are not known of either. */
export function unpairedSlice({ champion, challenger }: UnpairedRows, slice: SliceDefinition): UnpairedRows | null {
  const own = (rows: OwnRows): OwnRows | null => {
    const within = rowsWithin(rows, slice)
    return within && { actual: within.map((row) => rows.actual[row]!), ...sideOf(rows, within) }
  }
  const [first, second] = [own(champion), own(challenger)]
  return first && second && { champion: first, challenger: second }
}

function rowsWithin(
  { actual, feature }: Pick<OwnRows, 'actual' | 'feature'>,
  { feature: name, atLeast = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY }: SliceDefinition,
): number[] | null {
  const values = feature?.(name)
  if (!values) return null
  return actual.flatMap((_, row) => (values[row]! >= atLeast && values[row]! < below ? [row] : []))
}

const sideOf = ({ labels, scores }: Side, rows: readonly number[]): Side => ({
  labels: rows.map((row) => labels[row]!),
  scores: rows.map((row) => scores[row]!),
})
