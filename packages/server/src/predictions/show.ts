import { createDecipheriv } from 'node:crypto'
import { PlatformError, type Prediction, type PredictionTrace, predictionPart } from '@airlock-ml/contract'
import { type Table, visitParquet } from '@airlock-ml/tabular'
import { findBlob } from '../artifacts/blob-store.ts'
import { readBlob } from '../artifacts/blobs.ts'
import { findDeploymentById } from '../deployments/store.ts'
import type { Deps } from '../deps.ts'
import { findPrediction, type Located, type PredictionPath } from './find-prediction.ts'
import { findLabels } from './label-store.ts'
import { findKey } from './subject-store.ts'

export type PredictionHead = PredictionTrace['prediction']
type Said = Pick<Prediction, 'key' | 'inputs' | 'inputsHmac' | 'label' | 'probabilities'>

const nothing: Said = { key: null, inputs: null, inputsHmac: null, label: null, probabilities: null }

/**
 * A prediction as it was recorded; of one about a subject that was erased, that it was.
 * @throws PlatformError `prediction_not_found`, `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
export async function showPrediction(deps: Deps, path: PredictionPath): Promise<Prediction> {
  const found = await findPrediction(deps, path)
  const { head, key } = await headOf(deps, found)
  if (found.kind === 'batch') {
    const said = (await batchRow(deps, path.project, found)) ?? nothing
    return { ...head, ...said, latencyUs: null, subject: null, truth: null }
  }
  const { part, row } = found
  const text = (name: string) => textOf(row, name)
  const sealed = text('sealed')
  const [truth] = await findLabels(deps.db, part.deploymentId, [found.id])
  return {
    ...head,
    latencyUs: numberOf(row, 'latency_us'),
    subject: text('subject'),
    ...(sealed === null ? saidIn(row) : key === null ? nothing : unsealed(sealed, { key, id: found.id })),
    truth: truth ? { label: truth.label, importedAt: truth.importedAt, importedBy: truth.importedBy } : null,
  }
}

/** What a trace tells of a prediction: not what was asked, and not what was answered. */
export async function headOf(deps: Deps, found: Located): Promise<{ head: PredictionHead; key: string | null }> {
  if (found.kind === 'batch') {
    const { id, run, file, manifest } = found
    const { model } = manifest
    const head: PredictionHead = {
      ...{ id, state: 'recorded', deployment: null, runId: run.id, at: null, role: null },
      version: { model: model.name, number: model.number, digest: model.digest },
      file: { id: null, digest: file.digest },
    }
    return { head, key: null }
  }
  const { id, part, row } = found
  const subject = textOf(row, 'subject')
  const { deploymentId } = part
  const key = subject === null ? null : ((await findKey(deps.db, { deploymentId, subject, partId: part.id })) ?? null)
  const { wish } = (await findDeploymentById(deps.db, deploymentId))!
  const head: PredictionHead = {
    id,
    state: subject !== null && key === null ? 'erased' : 'recorded',
    deployment: { id: wish.id, name: wish.name, deletedAt: wish.deletedAt },
    runId: null,
    at: new Date(numberOf(row, 'at')!).toISOString(),
    role: textOf(row, 'role') as PredictionHead['role'],
    version: {
      model: wish.model,
      number: numberOf(row, 'version_number')!,
      digest: textOf(row, 'version_digest')!,
    },
    file: { id: part.id, digest: part.digest },
  }
  return { head, key }
}

const cellOf = (row: Table, name: string) => row.toRows()[0]![name] ?? null
const textOf = (row: Table, name: string): string | null => cellOf(row, name) as string | null
const numberOf = (row: Table, name: string): number | null => cellOf(row, name) as number | null

/** What a row says that is not sealed. */
function saidIn(row: Table): Said {
  const inputs = startingWith(row, predictionPart.featurePrefix)
  return {
    key: textOf(row, 'key'),
    inputs: inputs && Object.keys(inputs).length > 0 ? inputs : null,
    inputsHmac: textOf(row, 'inputs_hmac'),
    label: textOf(row, 'label'),
    probabilities: startingWith(row, predictionPart.probabilityPrefix),
  }
}

/** The numbers of a row in columns of a kind. Those of another version's columns are missing. */
function startingWith(row: Table, prefix: string): Record<string, number> {
  const cells = Object.entries(row.toRows()[0]!)
  return Object.fromEntries(
    cells.flatMap(([name, value]) =>
      name.startsWith(prefix) && typeof value === 'number' ? [[name.slice(prefix.length), value]] : [],
    ),
  )
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** @throws PlatformError `blob_damaged` where the key does not open it */
export function unsealed(sealed: string, { key, id }: { key: string; id: string }): Said {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), bytes.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return { ...nothing, ...(JSON.parse(text.toString()) as Partial<Said>) }
  } catch (cause) {
    throw new PlatformError(
      'blob_damaged',
      `What was recorded of ${id} does not open with the key of its subject.`,
      {},
      { cause },
    )
  }
}

/** A row of a batch, where its file is stored here: by digest, as the output folder is elsewhere. */
async function batchRow(
  deps: Deps,
  project: string,
  { id, file, manifest }: Extract<Located, { kind: 'batch' }>,
): Promise<Said | null> {
  if (!(await findBlob(deps.db, project, file.digest))) return null
  let said: Said | null = null
  await visitParquet(await readBlob(deps, { project, digest: file.digest }), (rows) => {
    const at = (rows.column('prediction_id').values as readonly string[]).indexOf(id)
    if (at < 0) return
    const row = rows.slice(at, at + 1)
    const probabilities = manifest.classLabels.map((label) => [label, numberOf(row, `probability_${label}`)])
    said = {
      ...nothing,
      key: rows.has('key') ? textOf(row, 'key') : null,
      label: textOf(row, 'label'),
      probabilities: Object.fromEntries(probabilities) as Record<string, number>,
    }
  })
  if (said) return said
  throw new PlatformError('prediction_not_found', `Row ${id} of the batch was refused, and has no prediction.`)
}
