import type { Client } from '@airlock-ml/client'
import { isPlatformError, type ModelVersion, PlatformError } from '@airlock-ml/contract'
import type { ComparisonDefinition, PairedComparison } from '@airlock-ml/tabular/compare'
import { readArtifact } from '../artifact/read.ts'

/** What `model compare` hands back. */
export type ComparedVersions = PairedComparison & {
  model: string
  champion: { number: number; digest: string }
  challenger: { number: number; digest: string }
  /** Digest of the table they were compared on: the challenger's hold-out. */
  evaluation: string
  /** The version that the workspace knows just this definition as; null where it does not. */
  registered: number | null
}

/** Holds two versions against each other, worked out here from their own bytes. Nothing is recorded. */
export async function compareVersions(
  client: Client,
  { champion, challenger }: Record<'champion' | 'challenger', ModelVersion>,
  definition: ComparisonDefinition,
): Promise<ComparedVersions> {
  const { compareModels } = await import('@airlock-ml/tabular/compare')
  const { readParquet, TableError } = await import('@airlock-ml/tabular')
  demandOneJudge({ champion, challenger }, definition)
  const bytes = (version: ModelVersion, role: string) =>
    readArtifact(client, { project: version.project, ...roleOf(version, role) })
  const contender = async (version: ModelVersion) => ({
    model: await bytes(version, 'model'),
    trainedOn: await readParquet(await bytes(version, 'training_rows')),
  })
  try {
    const found = await compareModels({
      champion: await contender(champion),
      challenger: await contender(challenger),
      holdOut: await readParquet(await bytes(challenger, 'evaluation')),
      target: challenger.evaluation.target,
      definition,
    })
    const named = ({ number, digest }: ModelVersion) => ({ number, digest })
    const versions = { model: challenger.model, champion: named(champion), challenger: named(challenger) }
    const registered = await registeredAs(client, challenger.project, definition)
    return { ...versions, evaluation: roleOf(challenger, 'evaluation').digest, registered, ...found }
  } catch (error) {
    if (isPlatformError(error) || !(error instanceof TableError)) throw error
    throw new PlatformError('comparison_refused', error.message, {}, { cause: error })
  }
}

async function registeredAs(client: Client, project: string, definition: ComparisonDefinition): Promise<number | null> {
  const { digestOf } = await import('@airlock-ml/bundle')
  const digest = digestOf(definition)
  const { items } = await client.listRegisteredComparisons({ project, name: definition.name, limit: 200 })
  return items.find((each) => each.digest === digest)?.version ?? null
}

function demandOneJudge(
  { champion, challenger }: Record<'champion' | 'challenger', ModelVersion>,
  { name, positive }: ComparisonDefinition,
): void {
  const both = `${champion.model} ${champion.number} and ${challenger.number}`
  for (const part of ['target', 'positive'] as const) {
    const [first, second] = [champion.evaluation[part], challenger.evaluation[part]]
    if (first === second) continue
    throw new PlatformError('comparison_refused', `${both} are evaluated by another ${part}: ${first} and ${second}.`)
  }
  if (positive === challenger.evaluation.positive) return
  throw new PlatformError(
    'comparison_refused',
    `${both} are evaluated by ${challenger.evaluation.positive}, and the comparison ${name} speaks of ${positive}.`,
  )
}

function roleOf(version: ModelVersion, role: string) {
  const artifact = version.artifacts[role]
  if (artifact) return artifact
  const why = role === 'training_rows' ? 'so nothing shows which rows it was trained on' : 'which a comparison reads'
  throw new PlatformError(
    'comparison_refused',
    `${version.model} ${version.number} has no artifact ${role}, ${why}. Train it anew with a pipeline that returns it.`,
  )
}
