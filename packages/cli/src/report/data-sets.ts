import { allItems, type Client } from '@airlock-ml/client'
import type { Trace } from '@airlock-ml/contract'

/** A table behind a report, as the workspace recorded it: not by the word of whoever wrote the report. */
export type DataSet = {
  /** The step that made it, and as what. */
  from: string
  digest: string
  sizeBytes: number | null
  /** Null where the workspace holds no count: of a table that did not travel with a bundle. */
  rows: number | null
}

/** The tables of the traced run, or of the training of the traced version, step by step. */
export async function dataSetsOf(
  client: Client,
  { project, run, training, version }: Pick<Trace, 'project' | 'run' | 'training' | 'version'>,
): Promise<DataSet[]> {
  const told = run ?? training
  if (!told) return []
  const rows = new Map<string, number>()
  for await (const { digest, metadata } of allItems(client.listArtifacts, { project, runId: told.id }))
    if (typeof metadata.rowCount === 'number') rows.set(digest, metadata.rowCount)
  if (version) {
    const { evidence, artifacts } = await client.showModelVersion({ project, ...version })
    const counted = (evidence.data?.value.evaluation as { rows?: unknown } | undefined)?.rows
    const evaluation = artifacts.evaluation?.digest
    if (evaluation !== undefined && typeof counted === 'number') rows.set(evaluation, counted)
  }
  return told.steps.flatMap(({ name, outputs }) =>
    Object.entries(outputs).flatMap(([output, { type, digest, sizeBytes }]) =>
      type === 'table' ? [{ from: `${name}.${output}`, digest, sizeBytes, rows: rows.get(digest) ?? null }] : [],
    ),
  )
}
