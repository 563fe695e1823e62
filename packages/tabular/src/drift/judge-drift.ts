import type { DriftSummary, NumberDrift } from './drift-summary.ts'

/** From where on a measure is a warning, and from where on a breach. */
export interface Limit {
  readonly warn: number
  readonly breach: number
}

/** What differences are too much. `null` for a measure that is not looked at. */
export interface DriftLimits {
  /** Fewer rows than this are not judged. */
  readonly minRows: number
  /** Of features, probabilities and labels. */
  readonly psi: Limit | null
  readonly ks: Limit | null
  /** In standard deviations. */
  readonly shift: Limit | null
  /** How much larger the share of missing values is than in the profile. */
  readonly missing: Limit | null
  readonly outOfRange: Limit | null
}

/** What a finding is about. */
export type DriftMeasure = 'psi' | 'ks' | 'shift' | 'missing' | 'out_of_range'
export type DriftSubject = 'feature' | 'probability' | 'label'

/** A measure that lies beyond its limit. */
export interface DriftFinding {
  readonly level: 'warn' | 'breach'
  readonly measure: DriftMeasure
  readonly subject: DriftSubject
  /** Of the feature or the class; `''` for all labels together. */
  readonly name: string
  readonly value: number
  readonly limit: number
}

/** What is to be said of a window as a whole. */
export interface DriftVerdict {
  readonly level: 'too-few' | 'ok' | 'warn' | 'breach'
  /** Breaches first. */
  readonly findings: readonly DriftFinding[]
}

/** Holds a window against limits. PSI, KS and values out of range count only beyond what
 * chance makes of as many rows. */
export function judgeDrift(summary: DriftSummary, limits: DriftLimits): DriftVerdict {
  if (summary.rows < limits.minRows) return { level: 'too-few', findings: [] }
  const findings = [
    ...summary.features.flatMap((drift) => ofNumbers('feature', drift, limits)),
    ...summary.probabilities.flatMap((drift) => ofNumbers('probability', drift, limits)),
    ...found(
      limits.psi,
      { measure: 'psi', subject: 'label', name: '' },
      summary.labels.psi,
      summary.labels.psiByChance,
    ),
  ].sort((a, b) => Number(b.level === 'breach') - Number(a.level === 'breach'))
  return { level: findings[0]?.level ?? 'ok', findings }
}

function ofNumbers(subject: DriftSubject, drift: NumberDrift, limits: DriftLimits): DriftFinding[] {
  const what = (measure: DriftMeasure) => ({ measure, subject, name: drift.name })
  return [
    ...found(limits.psi, what('psi'), drift.psi, drift.psiByChance),
    ...found(limits.ks, what('ks'), drift.ks, drift.ksByChance),
    // Where the distributions cannot be told apart, how far apart they are says nothing either.
    ...(isChance(drift.ks, drift.ksByChance) ? [] : found(limits.shift, what('shift'), drift.shift)),
    ...found(limits.missing, what('missing'), drift.missing - drift.missingBefore),
    ...found(limits.outOfRange, what('out_of_range'), drift.outOfRange, drift.outOfRangeByChance),
  ]
}

const isChance = (value: number | null, byChance: number | null) => (value ?? 0) <= (byChance ?? 0)

function found(
  limit: Limit | null,
  what: Pick<DriftFinding, 'measure' | 'subject' | 'name'>,
  value: number | null,
  byChance: number | null = 0,
): DriftFinding[] {
  if (limit === null || value === null || value <= limit.warn || isChance(value, byChance)) return []
  return value > limit.breach
    ? [{ level: 'breach', ...what, value, limit: limit.breach }]
    : [{ level: 'warn', ...what, value, limit: limit.warn }]
}
