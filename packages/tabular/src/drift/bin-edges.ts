/** Enough for a distance of distributions; PSI joins them to ten. */
const MOST_BINS = 40
const PROBABILITY_BINS = 20

/**
 * Edges of the bins of numbers in ascending order: one bin for each value where there are at most 40, else one for each
 * fortieth of the rows (values that tie stay together). Below the first edge lies what is less than all of them, above
 * the last what is more: neither was met.
 */
export function quantileEdges(sorted: Float32Array): number[] {
  if (sorted.length === 0) return []
  const values = distinct(sorted, MOST_BINS) ?? quantiles(sorted)
  return [floatBelow(sorted[0]!), ...values]
}

/** Edges of bins of equal width for probabilities; the first bin holds 0, and nothing lies below or above. */
export const probabilityEdges = (): number[] =>
  Array.from({ length: PROBABILITY_BINS }, (_, i) => Math.fround((i + 1) / PROBABILITY_BINS))

/** The distinct numbers, unless there are more than `most`. */
function distinct(sorted: Float32Array, most: number): number[] | null {
  const values: number[] = []
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] === values.at(-1)) continue
    if (values.length === most) return null
    values.push(sorted[i]!)
  }
  return values
}

function quantiles(sorted: Float32Array): number[] {
  const values = Array.from(
    { length: MOST_BINS },
    (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / MOST_BINS) - 1]!,
  )
  return values.filter((value, i) => value !== values[i - 1])
}

/** The largest 32-bit float that is less than a finite one. */
function floatBelow(value: number): number {
  const float = new Float32Array([value])
  const bits = new Int32Array(float.buffer)
  if (float[0] === 0) return -(2 ** -149)
  bits[0] = bits[0]! + (float[0]! > 0 ? -1 : 1)
  return Number.isFinite(float[0]) ? float[0]! : value
}
