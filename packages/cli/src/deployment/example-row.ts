import type { Client } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import { readArtifact } from '../artifact/read.ts'

export type ExampleRow = { row: Record<string, number>; from: string }

/**
 * A row that a version can answer: the first whole one of the data it was evaluated on, or, where that is not at hand,
 * zeros for the features that its model names.
 */
export async function exampleRow(
  client: Client,
  { project, model, number }: { project: string; model: string; number: number },
): Promise<ExampleRow> {
  const { namesOfModel, readParquet } = await import('@airlock-ml/tabular')
  const { artifacts } = await client.showModelVersion({ project, model, number })
  const { model: graph, evaluation } = artifacts
  if (!graph) throw new PlatformError('artifact_not_found', `${model} ${number} has no model to look at.`)
  const { featureNames } = namesOfModel(await readArtifact(client, { project, ...graph }))
  if (evaluation) {
    const rows = await readArtifact(client, { project, ...evaluation })
      .then((bytes) => readParquet(bytes, { columns: featureNames }))
      .catch(() => null)
    const whole = rows?.toRows().find((row) => Object.values(row).every((value) => Number.isFinite(value)))
    if (whole) return { row: whole as Record<string, number>, from: `the evaluation data of ${model} ${number}` }
  }
  const row = Object.fromEntries(featureNames.map((name) => [name, 0]))
  return { row, from: `the signature of ${model} ${number}, all zeros: its evaluation data is not at hand` }
}
