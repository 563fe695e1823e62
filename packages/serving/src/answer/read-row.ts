/** The largest finite number of 32 bits. */
export const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127

/** What is wrong with a field of a row. */
export type FieldProblem = {
  field: string
  problem: 'missing' | 'unknown' | 'not a number' | 'not finite' | 'too large'
}

/**
 * Reads one row from JSON into `into`, from `at` on; null when it is whole, else everything that is wrong with it. There
 * are no defaults: a row has exactly the features of the model, each a number that fits into 32 bits.
 */
export type RowReader = (
  row: Readonly<Record<string, unknown>>,
  into: Float32Array,
  at: number,
) => FieldProblem[] | null

export function rowReader(featureNames: readonly string[]): RowReader {
  const known = new Set(featureNames)
  const width = featureNames.length
  return (row, into, at) => {
    for (let j = 0; j < width; j++) {
      const value = row[featureNames[j]!]
      // NaN and Infinity are in no range.
      if (typeof value !== 'number' || !(value >= -MAX_FLOAT32 && value <= MAX_FLOAT32))
        return problemsOf(row, featureNames, known)
      into[at + j] = value
    }
    let fields = 0
    for (const _ in row) fields++
    return fields === width ? null : problemsOf(row, featureNames, known)
  }
}

function problemsOf(
  row: Readonly<Record<string, unknown>>,
  featureNames: readonly string[],
  known: ReadonlySet<string>,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const field of featureNames) {
    const problem = Object.hasOwn(row, field) ? problemOf(row[field]) : 'missing'
    if (problem) problems.push({ field, problem })
  }
  for (const field of Object.keys(row)) if (!known.has(field)) problems.push({ field, problem: 'unknown' })
  return problems
}

function problemOf(value: unknown): FieldProblem['problem'] | null {
  if (typeof value !== 'number') return 'not a number'
  // JSON has no infinity, but 1e999 is read as one.
  if (!Number.isFinite(value)) return 'not finite'
  return Math.abs(value) <= MAX_FLOAT32 ? null : 'too large'
}
