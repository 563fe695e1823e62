import type { DistinctValues } from './distinct-values.ts'
import type { NumberSummary } from './number-summary.ts'
import type { NumbersInText } from './numbers-in-text.ts'
import type { ColumnProfile, ProfileFinding } from './table-profile.ts'

/** What was gathered of a column. */
export interface GatheredColumn {
  readonly profile: ColumnProfile
  readonly distinct: DistinctValues
  readonly numbers: NumberSummary
  readonly texts: NumbersInText
}

/** How few rows of a class are too few to learn it from. */
const TINY = 10

/** What a person should look at, columns in their order. `labelCount` is how many labels there are; 0 without classes. */
export function findingsOf(
  columns: readonly GatheredColumn[],
  { rowCount, target, labelCount }: { rowCount: number; target: string | null; labelCount: number },
): ProfileFinding[] {
  return columns.flatMap((column) => {
    const { name, missing } = column.profile
    if (rowCount === 0) return []
    if (missing === rowCount) {
      const message = `No row has a value in "${name}". Leave the column out, or find where it got lost.`
      return [{ kind: 'column_missing', column: name, message }]
    }
    const isTarget = name === target
    return [
      ...(missing > 0 ? [gapsOf(column.profile, rowCount, isTarget)] : []),
      ...(isTarget
        ? targetFindings(column, labelCount)
        : valueFindings(column, { rowCount: rowCount - missing, labelCount })),
    ]
  })
}

/** Of a column in which some rows have no value. */
function gapsOf({ name, missing }: ColumnProfile, rowCount: number, isTarget: boolean): ProfileFinding {
  const remedy = isTarget
    ? 'They cannot be learned from: leave these rows out.'
    : 'A feature must have one in each: fill it in, leave out the rows or the column.'
  const message = `"${name}" has no value in ${missing} of ${rowCount} rows (${shareText(missing / rowCount)}). ${remedy}`
  return { kind: 'column_gaps', column: name, message }
}

/** In percent, never rounded to none or all. */
function shareText(share: number): string {
  if (share < 0.001) return 'less than 0.1 %'
  return share > 0.999 ? 'more than 99.9 %' : `${(share * 100).toFixed(1)} %`
}

/** What the values of a column that is not the target say. `rowCount` is how many rows have one. */
function valueFindings(
  column: GatheredColumn,
  { rowCount, labelCount }: { rowCount: number; labelCount: number },
): ProfileFinding[] {
  const { name } = column.profile
  const inText = column.texts.found()
  if (inText) {
    const marks = inText.marks.map((mark) => JSON.stringify(mark)).join(', ')
    const message = `"${name}" is text, though ${shareText(inText.share)} of its values are numbers; the others are ${marks}. Where that stands for a missing value, read it as one: readCsv(path, { missing: [${marks}] }).`
    return [{ kind: 'column_numbers_as_text', column: name, message }]
  }
  if (column.distinct.count === 1) {
    const message = `Every value of "${name}" is the same, so it tells nothing. Leave it out.`
    return [{ kind: 'column_constant', column: name, message }]
  }
  const leak = labelCount < 2 ? undefined : leakOf(column, { rowCount, labelCount })
  if (!leak) return []
  const message = `"${name}" ${leak.what}. If it is only known once the label is, this is leakage: the model would look perfect and fail in use. Leave the column out unless it is known beforehand.`
  return [{ kind: leak.kind, column: name, message }]
}

function leakOf(
  { distinct, numbers }: GatheredColumn,
  { rowCount, labelCount }: { rowCount: number; labelCount: number },
): { kind: ProfileFinding['kind']; what: string } | undefined {
  const labels = distinct.labelOfEach
  // Of values that hardly repeat, as identifiers do, each has one label by itself: that says nothing.
  if (labels && labels.length * 2 <= rowCount && new Set(labels).size > 1) {
    return labels.length === labelCount
      ? { kind: 'label_equal', what: 'equals the label: each of its values stands for one label' }
      : { kind: 'label_determined', what: 'determines the label: no value of it occurs with two labels' }
  }
  const enough = numbers.labels.filter((range) => range && range.rows >= TINY).length > 1
  if (enough && numbers.partsLabels) {
    return { kind: 'label_parted', what: 'parts the labels without a fault: each lies in a range of its own' }
  }
  return undefined
}

function targetFindings({ profile, distinct }: GatheredColumn, labelCount: number): ProfileFinding[] {
  const { name } = profile
  if (distinct.count === 1) {
    const message = `All rows have one label in "${name}". There is nothing to tell apart: check how the rows were chosen.`
    return [{ kind: 'class_single', column: name, message }]
  }
  // Where values hardly repeat the target is a number to predict, and no class of it is meant to be large.
  return (labelCount === 0 ? [] : distinct.byFrequency)
    .filter(({ rows }) => rows < TINY)
    .slice(0, 20)
    .map(({ value, rows }) => ({
      kind: 'class_tiny',
      column: name,
      message: `Label "${value}" has ${rows} ${rows === 1 ? 'row' : 'rows'}: too few to learn or to judge by. Gather more, or leave the class out.`,
    }))
}
