import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { type PredictionPart, predictionPart } from '@airlock-ml/contract'
import {
  float32Column,
  int64Column,
  openTableWriter,
  type StoredColumn,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'
import { type LoggedBatch, readSegment } from './segment-format.ts'

/** A part of a prediction log that is to be stored and registered. */
export type MadePart = {
  /** Null when the segment holds no whole prediction. */
  part: {
    bytes: Uint8Array<ArrayBuffer>
    digest: string
    /** Of each subject: its HMAC, the key that its rows are encrypted under, and when it was asked about first. */
    subjects: { subject: string; key: string; firstAt: PredictionPart['firstAt'] }[]
  } | null
  rows: number
  /** Bytes behind the last whole frame. */
  tornBytes: number
}

type Row = { batch: LoggedBatch; row: number }
type Subject = { digest: string; key: Buffer; firstAtMs: number }

/** Makes a Parquet file, by ascending id, of a segment. What is about a subject is encrypted under a key of its own. */
export async function makePart(segment: string, inputsKey: Uint8Array): Promise<MadePart> {
  const { batches, rows: rowCount, tornBytes } = readSegment(await readFile(segment))
  if (rowCount === 0) return { part: null, rows: 0, tornBytes }
  const rows = sortedRows(batches)
  const subjects = new Map<string, Subject>()
  const of = subjectsOf(subjects, inputsKey)
  const columns = columnsOf(rows, of)
  const stored: StoredColumn[] = columns.map(({ name, kind }) => ({
    name,
    kind,
    nullable: !always.includes(name),
  }))
  const pieces: Buffer[] = []
  const into = new Writable({
    write: (piece: Uint8Array, _, done) => {
      pieces.push(Buffer.from(piece))
      done()
    },
  })
  await using writer = await openTableWriter(into, stored, { rowGroupRows: predictionPart.rowGroupRows })
  await writer.write(new Table(columns))
  await writer.close()
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  const keys = [...subjects.values()].map(({ digest: subject, key, firstAtMs }) => ({
    subject,
    key: key.toString('base64'),
    firstAt: new Date(firstAtMs).toISOString(),
  }))
  const digest = createHash('sha256').update(bytes).digest('hex')
  return { part: { bytes, digest, subjects: keys }, rows: rowCount, tornBytes }
}

const always = ['id', 'at', 'latency_us', 'role', 'version_number', 'version_digest']

/** By id, which is by time: batches of several versions stand beside each other, a shadow's behind the champion's. */
function sortedRows(batches: readonly LoggedBatch[]): Row[] {
  const rows = batches.flatMap((batch) => batch.ids.map((_, row) => ({ batch, row })))
  const id = ({ batch, row }: Row) => batch.ids[row]!
  const isSorted = rows.every((each, at) => at === 0 || id(rows[at - 1]!) < id(each))
  const shadowLast = ({ batch }: Row) => (batch.role === 'shadow' ? 1 : 0)
  const order = (a: Row, b: Row) => (id(a) === id(b) ? shadowLast(a) - shadowLast(b) : id(a) < id(b) ? -1 : 1)
  return isSorted ? rows : rows.sort(order)
}

function subjectsOf(subjects: Map<string, Subject>, inputsKey: Uint8Array): (row: Row) => Subject | null {
  return ({ batch, row }) => {
    const name = batch.subjects[row]!
    if (name === null) return null
    const found = subjects.get(name) ?? {
      digest: createHmac('sha256', inputsKey).update(name).digest('hex'),
      key: randomBytes(32),
      firstAtMs: batch.receivedAtMs[row]!,
    }
    found.firstAtMs = Math.min(found.firstAtMs, batch.receivedAtMs[row]!)
    subjects.set(name, found)
    return found
  }
}

function columnsOf(rows: readonly Row[], subjectOf: (row: Row) => Subject | null): Table['columns'] {
  const { featurePrefix, probabilityPrefix } = predictionPart
  const definitions = [...new Set(rows.map(({ batch }) => batch.definition))]
  const names = (of: 'featureNames' | 'classLabels') => [...new Set(definitions.flatMap((each) => each[of]))].sort()
  const subjects = rows.map(subjectOf)
  const open = <T>(value: (row: Row) => T | null) =>
    rows.map((each, at) => (subjects[at] === null ? value(each) : null))
  const number = (name: string, value: (row: Row) => number) => int64Column(name, rows.map(value))
  const text = (name: string, value: (row: Row) => string) => stringColumn(name, rows.map(value))
  const cells = (name: string, of: 'featureNames' | 'classLabels', from: 'features' | 'probabilities') => {
    const places = new Map(definitions.map((each) => [each, { at: each[of].indexOf(name), width: each[of].length }]))
    return open(({ batch, row }) => {
      const { at, width } = places.get(batch.definition)!
      return at < 0 ? null : (batch[from][row * width + at] ?? null)
    })
  }
  return [
    text('id', ({ batch, row }) => batch.ids[row]!),
    number('at', ({ batch, row }) => batch.receivedAtMs[row]!),
    number('latency_us', ({ batch, row }) => batch.latencyUs[row]!),
    text('role', ({ batch }) => batch.role),
    number('version_number', ({ batch }) => batch.definition.number),
    text('version_digest', ({ batch }) => batch.definition.digest),
    stringColumn(
      'key',
      open(({ batch, row }) => batch.keys[row] ?? null),
    ),
    stringColumn(
      'subject',
      subjects.map((subject) => subject?.digest ?? null),
    ),
    stringColumn('inputs_hmac', open(hmacOf)),
    stringColumn(
      'label',
      open(({ batch, row }) => batch.labels[row] ?? null),
    ),
    stringColumn(
      'sealed',
      rows.map((each, at) => (subjects[at] ? sealed(each, subjects[at].key) : null)),
    ),
    ...names('featureNames').map((name) =>
      float32Column(`${featurePrefix}${name}`, cells(name, 'featureNames', 'features')),
    ),
    ...names('classLabels').map((name) =>
      float32Column(`${probabilityPrefix}${name}`, cells(name, 'classLabels', 'probabilities')),
    ),
  ]
}

const hmacOf = ({ batch, row }: Row): string | null =>
  batch.inputs === 'hashed' ? Buffer.from(batch.hmacs.subarray(row * 32, (row + 1) * 32)).toString('hex') : null

/** What is about a subject, as AES-256-GCM over JSON: nonce, ciphertext and tag. The prediction's id is bound in. */
function sealed({ batch, row }: Row, key: Uint8Array): string {
  const { featureNames, classLabels } = batch.definition
  const named = (names: readonly string[], values: Float32Array) =>
    Object.fromEntries(names.map((name, at) => [name, values[row * names.length + at]]))
  const said = {
    key: batch.keys[row],
    inputs: batch.inputs === 'recorded' ? named(featureNames, batch.features) : null,
    inputsHmac: hmacOf({ batch, row }),
    label: batch.labels[row],
    probabilities: named(classLabels, batch.probabilities),
  }
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(batch.ids[row]!))
  return Buffer.concat([nonce, cipher.update(JSON.stringify(said)), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  )
}
