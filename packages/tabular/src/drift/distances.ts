import jstat from 'jstat'

/** How many times each of some bins was met. */
type Counts = ArrayLike<number>

/**
 * The population stability index of two sets of counts over the same bins, Σ (aᵢ - eᵢ) ln(aᵢ / eᵢ) with shares aᵢ
 * (actual) and eᵢ (expected): the divergence of H. Jeffreys (Proc. R. Soc. A 186, 1946), also that of S. Kullback and
 * R. A. Leibler (Ann. Math. Stat. 22, 1951) both ways round. A bin that is empty on one side would make it infinite:
 * `smoothing` is added to the count of every bin on both sides, by default a half (the prior of Jeffreys). `null` of
 * nothing on either side.
 */
export function stabilityIndex(expected: Counts, actual: Counts, { smoothing = 0.5 } = {}): number | null {
  const [rows, met] = [total(expected), total(actual)]
  if (rows === 0 || met === 0) return null
  const bins = expected.length
  let index = 0
  for (let bin = 0; bin < bins; bin++) {
    const e = (expected[bin]! + smoothing) / (rows + smoothing * bins)
    const a = (actual[bin]! + smoothing) / (met + smoothing * bins)
    if (a !== e) index += (a - e) * Math.log(a / e)
  }
  return index
}

/**
 * What the index of so many rows exceeds by chance alone with this probability, where nothing has changed: of `n` and `m`
 * rows over B bins it is about (1/n + 1/m) times a chi-squared with B - 1 degrees of freedom (B. Yurdakul and J. Naranjo,
 * J. Risk Model Valid. 14, 2020). 0 of one bin.
 */
export function stabilityByChance(
  { expected, actual, bins }: { expected: number; actual: number; bins: number },
  probability: number,
): number {
  return bins < 2 ? 0 : (1 / expected + 1 / actual) * jstat.jStat.chisquare.inv(1 - probability, bins - 1)
}

/**
 * The Kolmogorov-Smirnov distance of two sets of counts over the same bins in ascending order: the largest difference of
 * their cumulated shares at an edge. Exact where each bin is one value; else at most that of the values themselves.
 */
export function binnedKs(expected: Counts, actual: Counts): number | null {
  const [rows, met] = [total(expected), total(actual)]
  if (rows === 0 || met === 0) return null
  let [e, a, distance] = [0, 0, 0]
  for (let bin = 0; bin < expected.length; bin++) {
    e += expected[bin]!
    a += actual[bin]!
    distance = Math.max(distance, Math.abs(e / rows - a / met))
  }
  return distance
}

/**
 * What the distance of so many rows exceeds by chance with at most this probability (N. Smirnov, Ann. Math. Stat. 19,
 * 1948; its first term): √(-ln(α/2) / 2 · (1/n + 1/m)).
 */
export const ksByChance = ({ expected, actual }: { expected: number; actual: number }, probability: number): number =>
  Math.min(1, Math.sqrt((-Math.log(probability / 2) / 2) * (1 / expected + 1 / actual)))

/**
 * What share of `actual` rows lies outside of what `expected` rows met, by chance, with at most this probability. Outside of
 * the least and the largest of n values lies, whatever their distribution, a share that is Beta(2, n - 1) (S. S. Wilks,
 * Ann. Math. Stat. 12, 1941); on top of its quantile comes what so many rows sway.
 */
export function outsideByChance(
  { expected, actual }: { expected: number; actual: number },
  probability: number,
): number {
  if (expected < 2) return 1
  const share = jstat.jStat.beta.inv(1 - probability, 2, expected - 1)
  const sway = jstat.jStat.normal.inv(1 - probability, 0, 1) * Math.sqrt((share * (1 - share)) / actual)
  return Math.min(1, share + sway)
}

/** The Kolmogorov-Smirnov distance of two samples, exact; neither has NaN. `null` of an empty one. */
export function ksDistance(expected: ArrayLike<number>, actual: ArrayLike<number>): number | null {
  if (expected.length === 0 || actual.length === 0) return null
  const [first, second] = [Float64Array.from(expected).sort(), Float64Array.from(actual).sort()]
  let [i, j, distance] = [0, 0, 0]
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i]!, second[j]!)
    while (i < first.length && first[i] === value) i++
    while (j < second.length && second[j] === value) j++
    distance = Math.max(distance, Math.abs(i / first.length - j / second.length))
  }
  return distance
}

/** Values in ascending order with how often each was met. */
export interface WeightedValues {
  readonly values: ArrayLike<number>
  readonly weights: ArrayLike<number>
}

/**
 * The Wasserstein-1 distance: how far, on average, what was met lies from where it would have to lie; in the unit of the
 * values. In one dimension it is the area between the two cumulated distributions (S. S. Vallender, Theory Probab. Appl.
 * 18, 1974). `null` of nothing on either side.
 */
export function wassersteinDistance(expected: WeightedValues, actual: WeightedValues): number | null {
  const [rows, met] = [total(expected.weights), total(actual.weights)]
  if (rows === 0 || met === 0) return null
  let [i, j, e, a, area] = [0, 0, 0, 0, 0]
  let before = Math.min(expected.values[0]!, actual.values[0]!)
  while (i < expected.values.length || j < actual.values.length) {
    const [first, second] = [expected.values[i] ?? Infinity, actual.values[j] ?? Infinity]
    const value = Math.min(first, second)
    area += Math.abs(e / rows - a / met) * (value - before)
    before = value
    if (first === value) e += expected.weights[i++]!
    if (second === value) a += actual.weights[j++]!
  }
  return area
}

function total(counts: Counts): number {
  let sum = 0
  for (let bin = 0; bin < counts.length; bin++) sum += counts[bin]!
  return sum
}
