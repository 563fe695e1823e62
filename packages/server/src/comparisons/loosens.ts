import { canonicalJson } from '@airlock-ml/bundle'
import type { ComparisonDefinition, ComparisonMetric } from '@airlock-ml/contract'

/**
 * Whether a definition lets any version pass as good enough that the one before would not. Only what is provably as
 * strict does not: smaller margins, margins of further metrics, and a larger least sample. A further metric or slice makes
 * the correction of all others stricter, so that it can hide a loss, and a higher confidence finds less to be worse: both
 * count as looser, as does the first definition of a name, which a version could be judged by that none before takes.
 */
export function loosens(before: ComparisonDefinition | null, after: ComparisonDefinition): boolean {
  if (before === null) return true
  const { metrics, margins, slices, minimumSample, ...rest } = before
  const {
    metrics: newMetrics,
    margins: newMargins,
    slices: newSlices,
    minimumSample: { rows, ofEachClass, ...restOfSample },
    ...newRest
  } = after
  const { rows: rowsBefore, ofEachClass: ofEachClassBefore, ...restOfSampleBefore } = minimumSample
  const isAsStrict =
    isSame(rest, newRest) &&
    isSame([...metrics].sort(), [...newMetrics].sort()) &&
    isSame(byName(slices), byName(newSlices)) &&
    (Object.entries(margins) as [ComparisonMetric, number][]).every(
      ([name, margin]) => (newMargins[name] ?? Number.POSITIVE_INFINITY) <= margin,
    ) &&
    isSame(restOfSampleBefore, restOfSample) &&
    rows >= rowsBefore &&
    ofEachClass >= ofEachClassBefore
  return !isAsStrict
}

const byName = <S extends { name: string }>(slices: readonly S[]): S[] =>
  [...slices].sort((a, b) => (a.name < b.name ? -1 : 1))

const isSame = (a: object, b: object): boolean =>
  Buffer.from(canonicalJson(a as never)).equals(Buffer.from(canonicalJson(b as never)))
