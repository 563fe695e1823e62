import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  exportOnnx,
  featureMatrix,
  float64Column,
  openTableWriter,
  RandomForest,
  readParquet,
  StandardScaler,
  schemaOf,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'
import { scoreFile } from '../src/batch/score-file.ts'
import type { ScoreFileOptions } from '../src/batch/score-file-options.ts'

export const featureNames = ['radius', 'texture', 'constant']
export const classLabels = ['benign', 'malignant']

/** What a process of its own is told: the model by its path. */
export type ScoredInProcess = Omit<ScoreFileOptions, 'model' | 'log' | 'signal' | 'now'> & { model: string }

/** Rows with features, keys of all kinds of text, and a column that nobody uses. */
export function rowsOf(count: number): Table {
  const values = (step: number) => Float64Array.from({ length: count }, (_, row) => ((row * step) % 97) / 8 - 3)
  const keys = ['ä', '病人', '\u{1F600}', '__proto__', 'a,"b"\nc']
  return new Table([
    float64Column('texture', values(31)),
    stringColumn(
      'patient',
      Array.from({ length: count }, (_, row) => `${keys[row % 5]}-${row + 1}`),
    ),
    float64Column('constant', new Float64Array(count).fill(2.5)),
    float64Column('radius', values(17)),
    float64Column('note', values(3)),
  ])
}

/** A small forest over the three features; another seed makes another version. */
export function smallModel(seed = 1): Uint8Array {
  const features = featureMatrix(rowsOf(300), featureNames)
  const labels = Uint8Array.from(features.columns[0]!, (radius, row) =>
    radius + features.columns[1]![row]! > 4 ? 1 : 0,
  )
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), labels, { trees: 5, seed })
  return exportOnnx({ scaler, classifier, featureNames, classLabels })
}

export const runOf = (last: number, number = 1) => ({
  id: `0198c0de-0000-7000-8000-${String(last).padStart(12, '0')}`,
  model: { name: 'classifier', number, digest: String(number).repeat(64) },
})

export async function writeRows(path: string, table: Table, rowGroupRows = 100): Promise<string> {
  await using writer = await openTableWriter(path, schemaOf(table), { rowGroupRows })
  await writer.write(table)
  await writer.close()
  return path
}

export async function writeCsvRows(path: string, table: Table): Promise<string> {
  const cell = (value: unknown) =>
    value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)
  const lines = table.toRows().map((row) => Object.values(row).map(cell).join(','))
  await writeFile(path, `${[table.columnNames.join(','), ...lines].join('\r\n')}\r\n`)
  return path
}

/** Scores in this process, in parts of 200 rows, by one thread unless `options` have more. */
export async function score(options: Partial<ScoreFileOptions> & Pick<ScoreFileOptions, 'input' | 'output'>) {
  const lines: string[] = []
  const scored = await scoreFile({
    ...{ model: smallModel(), partRows: 200, threads: 1, run: runOf(1), key: 'patient' },
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
    now: () => new Date(),
    ...options,
  })
  return { ...scored, lines }
}

/** All rows that an output holds, by the files that are there. */
export async function outputRows(output: string) {
  const files = (await readdir(output)).filter((name) => name.endsWith('.parquet')).sort()
  const tables = await Promise.all(files.map((name) => readParquet(join(output, name))))
  return tables.flatMap((table) => table.toRows())
}
