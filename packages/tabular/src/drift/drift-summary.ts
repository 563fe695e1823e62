import {
  binnedKs,
  ksByChance,
  outsideByChance,
  stabilityByChance,
  stabilityIndex,
  type WeightedValues,
  wassersteinDistance,
} from './distances.ts'
import { joinBins } from './join-bins.ts'
import type { NumberBins } from './number-bins.ts'
import type { NumberReference, ReferenceProfile } from './reference-profile.ts'

/** How the rows of a window differ from a profile. Plain JSON, yours; `null` is what nothing can be said of. */
export interface DriftSummary {
  readonly rows: number
  readonly referenceRows: number
  readonly features: NumberDrift[]
  /** P(class), for each class. */
  readonly probabilities: NumberDrift[]
  readonly labels: LabelDrift
}

/** How one feature, or the probability of one class, differs. */
export interface NumberDrift {
  readonly name: string
  /** The share of rows without a value; in the profile, too. */
  readonly missing: number
  readonly missingBefore: number
  /** The share of values below the least or above the largest of the profile. */
  readonly outOfRange: number
  /** What that share reaches by chance. */
  readonly outOfRangeByChance: number | null
  /** The population stability index over at most ten bins, of about as many rows each in the profile. */
  readonly psi: number | null
  /** What the index of unchanged rows exceeds in too few windows to care: no drift up to here. */
  readonly psiByChance: number | null
  /** The Kolmogorov-Smirnov distance over all bins. */
  readonly ks: number | null
  readonly ksByChance: number | null
  /** The Wasserstein-1 distance, in the unit of the feature, each bin taken at the mean of its values. */
  readonly wasserstein: number | null
  /** The same in standard deviations of the profile. */
  readonly shift: number | null
  readonly mean: number | null
  readonly meanBefore: number | null
  /** What `psi` is made of: the upper edge of each bin but the last, and how many values it has. */
  readonly bins: {
    readonly edges: number[]
    readonly before: number[]
    readonly now: number[]
  }
}

/** How often each label is said, against the profile. */
export interface LabelDrift {
  readonly psi: number | null
  readonly psiByChance: number | null
  readonly shares: { readonly label: string; readonly before: number; readonly now: number }[]
}

/** What one measure reaches by chance. */
export type Chance = {
  readonly probability: number
  readonly psi: (rows: { expected: number; actual: number; bins: number }) => number
  readonly outside: (rows: { expected: number; actual: number }) => number
}

/** Most features have as many rows and bins as the next: each case is worked out once. */
export function chanceOf(probability: number): Chance {
  const known = new Map<string, number>()
  const once = <Rows extends object>(work: (rows: Rows, probability: number) => number) => {
    return (rows: Rows): number => {
      const key = `${work.name} ${Object.values(rows).join(' ')}`
      const value = known.get(key) ?? work(rows, probability)
      known.set(key, value)
      return value
    }
  }
  return { probability, psi: once(stabilityByChance), outside: once(outsideByChance) }
}

/** How numbers in bins differ from a reference with the same edges. */
export function driftOf(reference: NumberReference, bins: NumberBins, chance: Chance): NumberDrift {
  const before = sum(reference.counts)
  const now = bins.count
  const joined = joinBins(reference.counts)
  const [expected, actual] = [
    joined.map((each) => at(reference.counts, each)),
    joined.map((each) => at(bins.counts, each)),
  ]
  const rows = { expected: before, actual: now }
  const isKnown = before > 0 && now > 0
  const wasserstein = wassersteinDistance(points(reference), points(bins))
  const { standardDeviation } = reference
  return {
    name: reference.name,
    missing: share(bins.missing, bins.missing + now),
    missingBefore: share(reference.missing, reference.missing + before),
    outOfRange: outOfRange(bins),
    outOfRangeByChance: isKnown ? chance.outside(rows) : null,
    psi: stabilityIndex(expected, actual),
    psiByChance: isKnown ? chance.psi({ ...rows, bins: joined.length }) : null,
    ks: binnedKs(reference.counts, bins.counts),
    ksByChance: isKnown ? ksByChance(rows, chance.probability) : null,
    wasserstein,
    shift: wasserstein === null || !standardDeviation ? null : wasserstein / standardDeviation,
    mean: now === 0 ? null : sum(bins.sums) / now,
    meanBefore: reference.mean,
    bins: {
      edges: joined.slice(0, -1).map(({ to }) => reference.edges[to - 1]!),
      before: expected,
      now: actual,
    },
  }
}

/** How the labels that were said differ from those of a profile; one it does not have is added. */
export function labelDrift(profile: ReferenceProfile, said: ReadonlyMap<string, number>, chance: Chance): LabelDrift {
  const known = profile.labels.map(({ label }) => label)
  const labels = [...known, ...[...said.keys()].filter((label) => !known.includes(label))]
  const before = labels.map((label) => profile.labels.find((each) => each.label === label)?.rows ?? 0)
  const now = labels.map((label) => said.get(label) ?? 0)
  const [expected, actual] = [sum(before), sum(now)]
  return {
    psi: stabilityIndex(before, now),
    psiByChance: expected > 0 && actual > 0 ? chance.psi({ expected, actual, bins: labels.length }) : null,
    shares: labels.map((label, i) => ({ label, before: share(before[i]!, expected), now: share(now[i]!, actual) })),
  }
}

/** A feature's edges reach from its least value to its largest: what is in the first bin or the last was never met. */
function outOfRange({ counts, count }: NumberBins): number {
  return counts.length < 2 ? 0 : share(counts[0]! + counts[counts.length - 1]!, count)
}

/** Each bin that has values as one point, at their mean. */
function points({ counts, sums }: { counts: ArrayLike<number>; sums: ArrayLike<number> }): WeightedValues {
  const filled = Array.from(counts, (_, bin) => bin).filter((bin) => counts[bin]! > 0)
  return { values: filled.map((bin) => sums[bin]! / counts[bin]!), weights: filled.map((bin) => counts[bin]!) }
}

const at = (counts: ArrayLike<number>, { from, to }: { from: number; to: number }): number => {
  let rows = 0
  for (let bin = from; bin < to; bin++) rows += counts[bin]!
  return rows
}

const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of)
