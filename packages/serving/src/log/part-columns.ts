import { predictionPart } from '@airlock-ml/contract'
import { type Column, float32Column, int64Column, type StoredColumn, stringColumn } from '@airlock-ml/tabular'
import type { PartRows } from './part-rows.ts'
import { hmacOf, type Subject, type Subjects, sealed } from './part-subjects.ts'
import type { LoggedBatch } from './segment-format.ts'

/** The columns of a part: their schema, and the cells of some rows. What is about a subject stands in `sealed` alone. */
export function columnsOf(
  rows: PartRows,
  subjectAt: Subjects['of'],
): { schema: StoredColumn[]; columns: (from: number, to: number) => Column[] } {
  const definitions = [...new Set(rows.batchOf.map(({ definition }) => definition))]
  const names = (of: 'featureNames' | 'classLabels') => [...new Set(definitions.flatMap((each) => each[of]))].sort()
  const [featureNames, classLabels] = [names('featureNames'), names('classLabels')]
  const columns = (from: number, to: number) => {
    const slice = { batchOf: rows.batchOf.slice(from, to), placeOf: rows.placeOf.subarray(from, to) }
    const subjectOf = slice.batchOf.map((batch, row) => subjectAt(batch, slice.placeOf[row]!))
    const cells = cellsOf(slice, subjectOf)
    return [
      ...ofPrediction(slice, subjectOf),
      ...featureNames.map((name) => float32Column(`${predictionPart.featurePrefix}${name}`, cells('features', name))),
      ...classLabels.map((name) =>
        float32Column(`${predictionPart.probabilityPrefix}${name}`, cells('probabilities', name)),
      ),
    ]
  }
  const schema = columns(0, 0).map(({ name, kind }) => ({ name, kind, nullable: !always.has(name) }))
  return { schema, columns }
}

/** Columns that have a value in each row. */
const always = new Set(['id', 'at', 'latency_us', 'role', 'version_number', 'version_digest'])

type Slice = Pick<PartRows, 'batchOf' | 'placeOf'>

function ofPrediction({ batchOf, placeOf }: Slice, subjectOf: readonly (Subject | null)[]): Column[] {
  const values = <T>(value: (batch: LoggedBatch, place: number, row: number) => T): T[] =>
    batchOf.map((batch, row) => value(batch, placeOf[row]!, row))
  const number = (name: string, value: (batch: LoggedBatch, place: number) => number) =>
    int64Column(name, values(value))
  const text = (name: string, value: (batch: LoggedBatch, place: number, row: number) => string | null) =>
    stringColumn(name, values(value))
  const open = (name: string, value: (batch: LoggedBatch, place: number) => string | null) =>
    text(name, (batch, place, row) => (subjectOf[row] ? null : value(batch, place)))
  return [
    text('id', ({ ids }, place) => ids[place]!),
    number('at', ({ receivedAtMs }, place) => receivedAtMs[place]!),
    number('latency_us', ({ latencyUs }, place) => latencyUs[place]!),
    text('role', ({ role }) => role),
    number('version_number', ({ definition }) => definition.number),
    text('version_digest', ({ definition }) => definition.digest),
    open('key', ({ keys }, place) => keys[place]!),
    text('subject', (_batch, _place, row) => subjectOf[row]?.digest ?? null),
    open('inputs_hmac', hmacOf),
    open('label', ({ labels }, place) => labels[place]!),
    text('sealed', (batch, place, row) => (subjectOf[row] ? sealed(batch, place, subjectOf[row].key) : null)),
  ]
}

/** Columns out of numbers that stand row by row: most of the work of a part, so that it is a plain loop. */
function cellsOf(
  { batchOf, placeOf }: Slice,
  subjectOf: readonly (Subject | null)[],
): (of: 'features' | 'probabilities', name: string) => Float32Array {
  return (of, name) => {
    const cells = new Float32Array(batchOf.length).fill(Number.NaN)
    let batch: LoggedBatch | undefined
    let numbers = cells
    let [width, column] = [0, -1]
    for (let row = 0; row < cells.length; row++) {
      if (batchOf[row] !== batch) {
        batch = batchOf[row]!
        const names = batch.definition[of === 'features' ? 'featureNames' : 'classLabels']
        numbers = batch[of]
        width = names.length
        column = numbers.length > 0 ? names.indexOf(name) : -1
      }
      if (column >= 0 && subjectOf[row] === null) cells[row] = numbers[placeOf[row]! * width + column]!
    }
    return cells
  }
}
