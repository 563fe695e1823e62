import { canonicalJson } from '@airlock-ml/bundle'
import { ComparisonDefinition, HandedComparison, type Json, PlatformError } from '@airlock-ml/contract'

/**
 * What a pipeline which compares has handed over.
 * @throws PlatformError `comparison_refused` when it is no comparison, or was made by another definition than it names
 */
export function readResult(bytes: Uint8Array): HandedComparison {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw new PlatformError('comparison_refused', `The comparison is not JSON: ${(error as Error).message}`)
  }
  const checked = HandedComparison.safeParse(value)
  if (checked.success) {
    const other = contradiction(checked.data)
    if (other === null) return checked.data
    throw new PlatformError(
      'comparison_refused',
      `The comparison names ${checked.data.definition?.name}, and was made with other ${other}.`,
    )
  }
  const [issue] = checked.error.issues
  throw new PlatformError(
    'comparison_refused',
    `The comparison's ${issue?.path.join('.')} is wrong: ${issue?.message}.`,
  )
}

/** In what the result is not of the definition that it hands over, as far as it says; null where it is. */
function contradiction({ definition, ...said }: HandedComparison): string | null {
  const whole = ComparisonDefinition.safeParse(definition)
  if (!whole.success) return null
  const { judgedBy, margins, confidence, metrics, slices } = whole.data
  const names: readonly string[] = metrics
  const parts: [string, boolean][] = [
    ['judging metric', said.judgedBy === judgedBy],
    ['margins', said.margin === margins[judgedBy] && (!said.margins || isSame(said.margins, margins as Json))],
    ['confidence', said.confidence === undefined || said.confidence === confidence],
    ['metrics', Object.keys(said.metrics).every((name) => names.includes(name))],
    ['slices', !said.slices || isSame(namesOf(said.slices), namesOf(slices))],
  ]
  return parts.find(([, isOfIt]) => !isOfIt)?.[0] ?? null
}

const namesOf = (slices: readonly { name: string }[]) => slices.map(({ name }) => name)

const isSame = (a: Json, b: Json): boolean => Buffer.from(canonicalJson(a)).equals(Buffer.from(canonicalJson(b)))
