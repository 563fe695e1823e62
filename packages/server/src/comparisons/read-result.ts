import { ComparisonResult, PlatformError } from '@airlock-ml/contract'

/**
 * What a pipeline which compares has handed over.
 * @throws PlatformError `comparison_refused` when it is no comparison
 */
export function readResult(bytes: Uint8Array): ComparisonResult {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw new PlatformError('comparison_refused', `The comparison is not JSON: ${(error as Error).message}`)
  }
  const checked = ComparisonResult.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new PlatformError(
    'comparison_refused',
    `The comparison's ${issue?.path.join('.')} is wrong: ${issue?.message}.`,
  )
}
