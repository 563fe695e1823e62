import { PlatformError, type RecallTarget } from '@airlock-ml/contract'

type Given = {
  model: string | undefined
  modelVersion: number | undefined
  artifact: string | undefined
  commit: string | undefined
}

/**
 * The one thing that the options name.
 * @throws PlatformError `cli_usage_invalid`
 */
export function targetOf({ model, modelVersion, artifact, commit }: Given): RecallTarget {
  const named = [model ?? modelVersion, artifact, commit].filter((value) => value !== undefined)
  if (named.length !== 1)
    throw new PlatformError(
      'cli_usage_invalid',
      'A recall names one thing: --model with --model-version, --artifact DIGEST, or --commit SHA.',
    )
  if (artifact !== undefined) return { artifact }
  if (commit !== undefined) return { commit }
  if (model === undefined || modelVersion === undefined)
    throw new PlatformError(
      'cli_usage_invalid',
      '--model and --model-version go together: which version of which model.',
    )
  return { model, number: modelVersion }
}
