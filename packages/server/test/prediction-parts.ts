import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { type PredictionPart, predictionPart } from '@airlock-ml/contract'
import { float32Column, int64Column, openTableWriter, schemaOf, stringColumn, Table } from '@airlock-ml/tabular'
import { V7Generator } from 'uuidv7'
import type { Deployed } from './deployments.ts'
import { sha256, upload } from './two-workspaces.ts'

const ids = new V7Generator()
export const newId = (): string => ids.generate().toString()

/** The id of a prediction of another time. */
export const idAt = (ms: number): string => new V7Generator().generateOrResetWithTs(ms).toString()

export type PartRow = {
  id: string
  at: number
  subject: string | null
  number: number
  digest: string
  role: 'champion' | 'canary' | 'shadow'
  label: 'benign' | 'malignant'
}

export const partRow = (over: Partial<PartRow>): PartRow => ({
  ...{ id: newId(), at: Date.now(), subject: null, number: 1, digest: 'd'.repeat(64) },
  ...{ role: 'champion', label: 'malignant', ...over },
})

export type WrittenPart = {
  bytes: Uint8Array
  subjects: { subject: string; key: string; firstAt: string }[]
}

/** A part as a service writes it, from the outside: each row has the feature `radius`, its place in the part. */
export async function writePart(rows: readonly PartRow[], inputsKey = ''): Promise<WrittenPart> {
  const keys = new Map<string, { subject: string; key: Buffer; firstAt: string }>()
  for (const { subject, at } of rows)
    if (subject !== null && !keys.has(subject))
      keys.set(subject, {
        subject: createHmac('sha256', Buffer.from(inputsKey, 'base64')).update(subject).digest('hex'),
        key: randomBytes(32),
        firstAt: new Date(at).toISOString(),
      })
  const seal = ({ id, subject }: PartRow, row: number) => {
    if (subject === null) return null
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', keys.get(subject)!.key, nonce).setAAD(Buffer.from(id))
    const said = { key: null, inputs: { radius: row }, label: 'benign', probabilities: { benign: 1, malignant: 0 } }
    return Buffer.concat([nonce, cipher.update(JSON.stringify(said)), cipher.final(), cipher.getAuthTag()]).toString(
      'base64',
    )
  }
  const open = <T>(of: (row: PartRow, at: number) => T) =>
    rows.map((row, at) => (row.subject === null ? of(row, at) : null))
  const texts = (name: string, of: (row: PartRow, at: number) => string | null) => stringColumn(name, rows.map(of))
  const table = new Table([
    texts('id', ({ id }) => id),
    ...[
      int64Column(
        'at',
        rows.map(({ at }) => at),
      ),
      int64Column(
        'latency_us',
        rows.map(() => 700),
      ),
    ],
    texts('role', ({ role }) => role),
    int64Column(
      'version_number',
      rows.map(({ number }) => number),
    ),
    texts('version_digest', ({ digest }) => digest),
    stringColumn(
      'key',
      open((_, at) => `k${at}`),
    ),
    texts('subject', ({ subject }) => (subject === null ? null : keys.get(subject)!.subject)),
    texts('inputs_hmac', () => null),
    stringColumn(
      'label',
      open(({ label }) => label),
    ),
    texts('sealed', seal),
    float32Column(
      'feature.radius',
      open((_, at) => at),
    ),
    float32Column(
      'probability.benign',
      open(({ label }) => (label === 'malignant' ? 0.25 : 0.75)),
    ),
    float32Column(
      'probability.malignant',
      open(({ label }) => (label === 'malignant' ? 0.75 : 0.25)),
    ),
  ])
  const pieces: Buffer[] = []
  const into = new Writable({
    write: (piece: Uint8Array, _, done) => {
      pieces.push(Buffer.from(piece))
      done()
    },
  })
  const writer = await openTableWriter(into, schemaOf(table), { rowGroupRows: predictionPart.rowGroupRows })
  await writer.write(table)
  await writer.close()
  const subjects = [...keys.values()].map(({ key, ...each }) => ({ ...each, key: key.toString('base64') }))
  return { bytes: Buffer.concat(pieces), subjects }
}

/** Stores and registers rows as the service of a deployment does. */
export async function registerRows(
  { service, path }: Deployed,
  rows: readonly PartRow[],
  { id = newId() } = {},
): Promise<PredictionPart> {
  const { inputsKey } = await service('showDeploymentTarget', path)
  const { bytes, subjects } = await writePart(rows, inputsKey)
  await upload(service, bytes)
  return service('registerPredictionPart', { ...path, body: { id, digest: sha256(bytes), subjects } })
}
