import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ComparisonDefinition, didYouMean, PlatformError } from '@airlock-ml/contract'
import { checkComparison, invalid } from '../define/comparison.ts'

/** Where a project declares its comparisons. */
const FOLDER = 'governance/comparisons'

/** Names of the comparisons that a project declares, by their files, sorted. Imports none of them. */
export async function comparisonNames(projectDir: string): Promise<string[]> {
  const entries = await readdir(join(projectDir, FOLDER)).catch(() => [])
  return entries
    .filter((entry) => /^[a-z0-9][a-z0-9-]*\.ts$/.test(entry))
    .map((entry) => entry.slice(0, -'.ts'.length))
    .sort()
}

/**
 * Imports one comparison, the default export of the file of its name. Throws `comparison_file_not_found`, which names the
 * nearest, and `comparison_invalid` when the file does not load, holds no comparison, or one of another name.
 */
export async function loadComparison(projectDir: string, name: string): Promise<ComparisonDefinition> {
  const names = await comparisonNames(projectDir)
  const shown = `${FOLDER}/${name}.ts`
  if (!names.includes(name))
    throw new PlatformError('comparison_file_not_found', `There is no ${shown}. ${didYouMean(name, names)}`)
  const made = checkComparison(await importDefault(join(projectDir, shown), shown), `The default export of ${shown}`)
  if (made.name === name) return made
  throw invalid(`${shown} holds the comparison "${made.name}". A comparison has the name of its file.`)
}

async function importDefault(file: string, shown: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (cause) {
    // What it says of itself names its faults better.
    if (cause instanceof PlatformError) throw cause
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw invalid(`${shown} cannot be loaded. ${why}`, cause)
  }
}
