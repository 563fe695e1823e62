import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BatchManifest } from '@airlock-ml/contract'
import { float64Column, isPackedRow, loadOnnx, referenceProfile } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  classLabels,
  outputRows,
  rowsOf,
  runOf,
  score,
  smallModel,
  writeCsvRows,
  writeRows,
} from '../../test/small-batch.ts'

let dir: string
let input: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'score-file-'))
  input = await writeRows(join(dir, 'rows.parquet'), rowsOf(1_050))
})
afterAll(() => rm(dir, { recursive: true }))

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

/** The rows with some cells of `radius` that cannot be scored. */
function faultyRows(count: number, faults: Record<number, number>) {
  const rows = rowsOf(count)
  const values = Float64Array.from(rows.column('radius').values as Float64Array)
  for (const [row, value] of Object.entries(faults)) values[Number(row) - 1] = value
  return rows.withColumn(float64Column('radius', values))
}

test('each row is in the output once, with what the model says of it, its key, version and run', async () => {
  const output = join(dir, 'whole')
  const { manifest, rowsNow } = await score({ input, output, threads: 2, copies: { risk: 'malignant' } })
  const model = await loadOnnx(smallModel())
  const { labels, probabilities } = await model.predictTable(rowsOf(1_050))
  await model.close()
  const keys = rowsOf(1_050).column('patient').values
  const { id, model: version } = runOf(1)
  expect(await outputRows(output)).toEqual(
    labels.map((label, at) => ({
      prediction_id: `${id}.${at + 1}`,
      row: at + 1,
      key: keys[at],
      label,
      probability_benign: probabilities[2 * at],
      probability_malignant: probabilities[2 * at + 1],
      risk: probabilities[2 * at + 1],
      model_name: 'classifier',
      model_version: 1,
      model_digest: version.digest,
      run_id: id,
    })),
  )
  expect(rowsNow).toBe(1_050)
  expect(BatchManifest.parse(JSON.parse(await readFile(join(output, 'manifest.json'), 'utf8')))).toEqual(manifest)
  expect(manifest).toMatchObject({
    runIds: [id],
    input: { path: input, digest: await sha256(input), rows: 1_050, unusedColumns: ['note'] },
    model: version,
    ...{ key: 'patient', rows: 1_050, scored: 1_050, rejected: 0 },
    labels: Object.fromEntries(classLabels.map((label) => [label, labels.filter((each) => each === label).length])),
  })
  expect(manifest.parts.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
    [1, 200],
    [201, 200],
    [401, 200],
    [601, 200],
    [801, 200],
    [1_001, 50],
  ])
  for (const { file, digest } of manifest.parts) expect(await sha256(join(output, file))).toBe(digest)
})

test('CSV gives the same predictions as Parquet', async () => {
  const csv = await writeCsvRows(join(dir, 'rows.csv'), rowsOf(1_050))
  const [fromCsv, fromParquet] = [join(dir, 'from-csv'), join(dir, 'from-parquet')]
  const one = await score({ input: csv, output: fromCsv, threads: 2 })
  const other = await score({ input, output: fromParquet })
  expect(one.manifest.parts).toEqual(other.manifest.parts)
  expect(await outputRows(fromCsv)).toEqual(await outputRows(fromParquet))
})

test.each(['parquet', 'csv'])(
  'rows that cannot be scored fail the run, or go to rejects, each once (%s)',
  async (kind) => {
    const faults = { 3: Number.NaN, 207: Number.POSITIVE_INFINITY, 208: 1e39, 450: Number.NaN }
    const rows = faultyRows(600, faults)
    const faulty =
      kind === 'csv'
        ? await writeCsvRows(join(dir, 'faulty.csv'), rows)
        : await writeRows(join(dir, 'faulty.parquet'), rows)
    const output = join(dir, `rejects-${kind}`)
    await expect(score({ input: faulty, output })).rejects.toMatchObject({
      code: 'batch_rows_rejected',
      message: expect.stringContaining('row 3 ("\u{1F600}-3"): radius has no value'),
    })
    await expect(score({ input: faulty, output, maxRejects: 3 })).rejects.toMatchObject({ code: 'batch_rows_rejected' })
    const { manifest } = await score({ input: faulty, output, maxRejects: 4, run: runOf(2), threads: 2 })
    expect(manifest).toMatchObject({ rows: 600, scored: 596, rejected: 4 })
    const rejects = manifest.parts.flatMap(({ rejects }) => (rejects ? [rejects] : []))
    const texts = await Promise.all(rejects.map(({ file }) => readFile(join(output, file), 'utf8')))
    for (const [at, { file, digest }] of rejects.entries()) {
      expect(await sha256(join(output, file))).toBe(digest)
      expect(texts[at]!.trim().split('\n')).toHaveLength(rejects[at]!.rows)
    }
    expect(rejects.flatMap(({ numbers }) => numbers)).toEqual([3, 207, 208, 450])
    const refused = texts.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
    expect(refused.map(({ row, column }) => [row, column])).toEqual([3, 207, 208, 450].map((row) => [row, 'radius']))
    expect(refused[0]).toMatchObject({ key: '\u{1F600}-3', reason: 'has no value' })
    expect(refused[1].reason).toContain('Infinity')
    expect((await outputRows(output)).map(({ row }) => row)).toEqual(numbers(1, 600).filter((row) => !(row in faults)))
  },
)

test('rows that the model has no answer for are refused by themselves', async () => {
  // Its scaler takes the value from the mean of the others, and the difference has no 32-bit number.
  const far = await writeRows(join(dir, 'far.parquet'), faultyRows(300, { 5: 3.4e38, 260: -3.4e38 }))
  const output = join(dir, 'far')
  const { manifest } = await score({ input: far, output, maxRejects: 300 })
  const rows = (await outputRows(output)).length
  expect(manifest).toMatchObject({ scored: rows, rejected: 300 - rows })
  expect(rows).toBeGreaterThanOrEqual(298)
})

test('an output that is whole is not scored again, and one part that was damaged is', async () => {
  const output = join(dir, 'again')
  const first = await score({ input, output })
  const again = await score({ input, output, run: runOf(2) })
  expect(again).toMatchObject({ manifest: first.manifest, rowsNow: 0 })
  expect(again.lines.join()).toContain('nothing is scored again')
  const damaged = join(output, 'part-00002.parquet')
  const bytes = await readFile(damaged)
  bytes[40]! ^= 1
  await writeFile(damaged, bytes)
  const repaired = await score({ input, output, run: runOf(3) })
  expect(repaired.rowsNow).toBe(200)
  expect(repaired.manifest.runIds).toEqual([runOf(1).id, runOf(3).id])
  expect((await outputRows(output)).map(({ row }) => row)).toEqual(numbers(1, 1_050))
})

test('another input, version or key is refused, with both named and the ways out', async () => {
  const output = join(dir, 'taken')
  await score({ input, output })
  const other = await writeRows(join(dir, 'other.parquet'), rowsOf(10))
  const refusal = async (options: Partial<Parameters<typeof score>[0]>) =>
    await score({ input, output, ...options }).then(
      () => 'no refusal',
      (error) => `${error.code} ${error.message} ${error.remedy}`,
    )
  expect(await refusal({ input: other })).toMatch(
    /^batch_output_taken .*was made from .*rows\.parquet .*other\.parquet .*replace=true/,
  )
  expect(await refusal({ run: runOf(1, 2) })).toMatch(/with version 1 of classifier .* pinned to version 2/)
  expect(await refusal({ key: undefined })).toContain('with the key column "patient", and this run has no key column')
  await rm(join(output, 'manifest.json'))
  expect(await refusal({ run: runOf(1, 2) })).toContain('--model-version 1')
  const { manifest, lines } = await score({ input: other, output, replace: true, run: runOf(2) })
  expect(lines[0]).toContain('removing')
  expect(manifest).toMatchObject({ rows: 10, runIds: [runOf(2).id] })
  expect(await outputRows(output)).toHaveLength(10)
  expect((await readdir(output)).sort()).toEqual(['.batch', 'manifest.json', 'part-00000.parquet'])
})

test('files of others are not written over', async () => {
  const output = join(dir, 'foreign')
  await writeRows(join(dir, 'seed.parquet'), rowsOf(3))
  await score({ input, output })
  await rm(join(output, '.batch'), { recursive: true })
  await expect(score({ input, output })).rejects.toMatchObject({ code: 'batch_output_taken' })
  await expect(score({ input, output: input })).rejects.toMatchObject({ code: 'batch_output_taken' })
  expect((await score({ input, output, replace: true })).manifest.rows).toBe(1_050)
})

test('what cannot be scored at all is refused before anything is written', async () => {
  const refusal = async (name: string, rows: ReturnType<typeof rowsOf>, options = {}) => {
    const output = join(dir, `unfit-${name}`)
    const path = await writeRows(join(dir, `unfit-${name}.parquet`), rows)
    const error = await score({ input: path, output, ...options }).catch((thrown) => thrown)
    expect((await readdir(output)).filter((file) => file !== '.batch')).toEqual([])
    return `${error.code}: ${error.message}`
  }
  expect(await refusal('missing', rowsOf(3).drop(['radius', 'texture']))).toMatch(
    /lacks 2 of the 3 features .*"radius", "texture"/,
  )
  expect(await refusal('key', rowsOf(3), { key: 'patiant' })).toMatch(/no column "patiant".*patient/)
  expect(await refusal('copies', rowsOf(3), { copies: { risk: 'bad' } })).toContain(
    'tells apart: "benign", "malignant"',
  )
  expect(await refusal('empty', rowsOf(0))).toContain('has no rows to score')
  await expect(score({ input: join(dir, 'none.csv'), output: join(dir, 'unfit-none') })).rejects.toMatchObject({
    code: 'batch_input_unfit',
  })
})

test('a damaged input fails the run, and what it was begun from is not mixed with what it became', async () => {
  const path = await writeRows(join(dir, 'damaged.parquet'), rowsOf(1_000))
  const output = join(dir, 'damaged')
  const sound = await readFile(path)
  const bytes = Buffer.from(sound)
  // The header of a page in the middle.
  const page = bytes.indexOf(bytes.subarray(4, 12), Math.floor(bytes.length / 2))
  bytes.fill(0xff, page, page + 8)
  await writeFile(path, bytes)
  const failed = await score({ input: path, output }).catch((thrown) => thrown)
  expect(failed).toMatchObject({ name: 'TableError', code: 'parquet_malformed' })
  expect(await readdir(output)).not.toContain('manifest.json')
  await writeFile(path, sound)
  await expect(score({ input: path, output })).rejects.toMatchObject({ code: 'batch_output_taken' })
})

test('a cancelled run leaves whole parts and no drafts, and is gone on with', async () => {
  const output = join(dir, 'cancelled')
  const cancel = new AbortController()
  const late = rowsOf(6_000)
  const path = await writeRows(join(dir, 'late.parquet'), late, 100)
  const running = score({ input: path, output, signal: cancel.signal, partRows: 100, threads: 2 })
  while (!(await readdir(output).catch((): string[] => [])).includes('part-00001.parquet'))
    await new Promise((go) => setTimeout(go, 5))
  cancel.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  expect((await readdir(output)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  const { rowsNow } = await score({ input: path, output, run: runOf(2) })
  expect(rowsNow).toBeLessThan(6_000)
  expect((await outputRows(output)).map(({ row }) => row)).toEqual(numbers(1, 6_000))
})

test('the rows are held against the profile, also those that an earlier run scored and those that lack a value', async () => {
  const rows = rowsOf(1_050)
  const model = await loadOnnx(smallModel())
  const profile = referenceProfile(rows, await model.predictTable(rows), { features: model.featureNames, classLabels })
  await model.close()
  const output = join(dir, 'drift')
  const like = await score({ input, output, profile, threads: 2 })
  expect(like.drift?.verdict).toEqual({ level: 'ok', findings: [] })
  expect(like.drift?.summary).toMatchObject({ rows: 1_050, features: [{ name: 'radius', psi: 0, missing: 0 }, {}, {}] })
  await rm(join(output, 'part-00002.parquet'))
  expect((await score({ input, output, profile })).drift).toEqual(like.drift)
  const gaps = Object.fromEntries(numbers(1, 100).map((row) => [row * 10, Number.NaN]))
  const faulty = await writeRows(join(dir, 'gaps.parquet'), faultyRows(1_050, gaps))
  const { drift } = await score({ input: faulty, output: join(dir, 'gaps'), profile, maxRejects: 100 })
  expect(drift?.summary.features[0]).toMatchObject({ name: 'radius', missing: expect.closeTo(100 / 1_050, 10) })
  expect(drift?.verdict).toMatchObject({ level: 'breach', findings: [{ measure: 'missing', name: 'radius' }] })
  expect((await score({ input, output: join(dir, 'unwatched') })).drift).toBeNull()
})

test('of more refused rows than are named each is known', async () => {
  const gaps = Object.fromEntries(numbers(1, 105).map((row) => [row * 10, Number.NaN]))
  const faulty = await writeRows(join(dir, 'many-gaps.parquet'), faultyRows(1_050, gaps))
  const { manifest } = await score({ input: faulty, output: join(dir, 'many-gaps'), maxRejects: 105, partRows: 1_050 })
  const [part] = manifest.parts
  expect(part!.rejects).toMatchObject({ rows: 105, numbers: null })
  const refused = numbers(1, 1_050).filter((row) => isPackedRow(part!.rejects!.packed!, row, part!))
  expect(refused).toEqual(numbers(1, 105).map((row) => row * 10))
})

test('a folder that cannot be written to is said to be so, whether it is made or there', async () => {
  const closed = join(dir, 'closed')
  await mkdir(join(closed, 'there', '.batch'), { recursive: true })
  const restore = await asNobody(closed)
  try {
    for (const output of [join(closed, 'new'), join(closed, 'there')])
      await expect(score({ input, output })).rejects.toMatchObject({
        ...{ code: 'batch_output_unwritable', message: expect.stringContaining(output) },
      })
  } finally {
    await restore()
  }
})

test('an output without a name is refused, and not written into the project', async () => {
  for (const output of ['', ' '])
    await expect(score({ input, output, root: dir })).rejects.toMatchObject({ code: 'batch_output_unwritable' })
  expect(await readdir(dir)).not.toContain('.batch')
})

/** Nobody may write below a folder: its mode stops a user, and what stops root is not to be root. */
async function asNobody(folder: string): Promise<() => Promise<void>> {
  const isRoot = process.getuid?.() === 0
  const modes = [folder, join(folder, 'there'), join(folder, 'there', '.batch')]
  for (const each of modes) await chmod(each, 0o555)
  await chmod(dir, 0o755)
  if (isRoot) process.seteuid?.(65_534)
  return async () => {
    if (isRoot) process.seteuid?.(0)
    for (const each of modes) await chmod(each, 0o755)
  }
}
