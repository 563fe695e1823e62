import { type ComparisonDefinition, type ModelVersion, PlatformError } from '@airlock-ml/contract'
import { comparisonNames, defineComparison, loadComparison } from '@airlock-ml/sdk'

/**
 * The comparison that judges versions of a model: the one named, else the one that the project declares for the model;
 * where it declares none, one with the defaults and a margin of 0.05.
 * @throws PlatformError `comparison_file_not_found`, `comparison_invalid`, `comparison_refused` for one of another model,
 * `cli_usage_invalid` where several are declared and none is named
 */
export async function definitionFor(
  projectDir: string,
  { model, name, challenger }: { model: string; name: string | undefined; challenger: ModelVersion | undefined },
): Promise<ComparisonDefinition> {
  if (name !== undefined) {
    const named = await loadComparison(projectDir, name)
    if (named.model === model) return named
    throw new PlatformError(
      'comparison_refused',
      `The comparison ${name} is declared for ${named.model}, not ${model}.`,
    )
  }
  const all = await Promise.all((await comparisonNames(projectDir)).map((each) => loadComparison(projectDir, each)))
  const own = all.filter((each) => each.model === model)
  const [only, another] = own
  if (only && another)
    throw new PlatformError(
      'cli_usage_invalid',
      `Name one with --comparison: ${own.map((each) => each.name).join(' and ')} are declared for ${model}.`,
    )
  if (only) return only
  if (!challenger) throw new PlatformError('cli_usage_invalid', 'Name a challenger with --challenger: none is set.')
  const { positive } = challenger.evaluation
  return defineComparison({ name: 'default', model, positive, margins: { accuracy: 0.05 } })
}
