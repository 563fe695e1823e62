import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BatchManifest } from '@airlock-ml/contract'
import { float64Column } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  outputRows,
  rowsOf,
  runOf,
  type ScoredInProcess,
  score,
  smallModel,
  writeCsvRows,
  writeRows,
} from '../../test/small-batch.ts'
import { lockOutput } from './folder-lock.ts'
import { outputFolder } from './output-folder.ts'

let dir: string
let task: ScoredInProcess
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'score-file-crash-'))
  const model = join(dir, 'model.onnx')
  await writeFile(model, smallModel())
  const rows = rowsOf(900)
  const radius = Float64Array.from(rows.column('radius').values as Float64Array)
  for (const row of [7, 250, 251]) radius[row - 1] = Number.NaN
  const faulty = rows.withColumn(float64Column('radius', radius))
  await writeCsvRows(join(dir, 'rows.csv'), faulty)
  const input = await writeRows(join(dir, 'rows.parquet'), faulty)
  task = { model, input, output: '', key: 'patient', partRows: 200, threads: 2, maxRejects: 3, run: runOf(1) }
})
afterAll(() => rm(dir, { recursive: true }))

const program = fileURLToPath(new URL('../../test/score-file.child.ts', import.meta.url))
const argsOf = (given: ScoredInProcess) => [
  '--conditions=crash-test',
  '--conditions=source',
  program,
  JSON.stringify(given),
]

function inProcess(given: ScoredInProcess, crashAt = '') {
  const env = { ...process.env, AIRLOCK_CRASH_AT: crashAt }
  return spawnSync(process.execPath, argsOf(given), { encoding: 'utf8', env })
}

/** Each of the 900 rows is predicted or refused, once. */
async function expectWhole(output: string, manifest: BatchManifest) {
  const rows = await outputRows(output)
  expect(rows.map(({ row }) => row)).toEqual(
    Array.from({ length: 900 }, (_, at) => at + 1).filter((row) => ![7, 250, 251].includes(row)),
  )
  const runs = new Map(manifest.parts.map((part) => [part.firstRow, part.runId]))
  for (const { row, prediction_id, run_id } of rows) {
    expect(prediction_id).toBe(`${run_id}.${row}`)
    expect(run_id).toBe(runs.get(Math.floor((Number(row) - 1) / 200) * 200 + 1))
  }
  expect(manifest).toMatchObject({ rows: 900, scored: 897, rejected: 3 })
  expect(manifest.parts.flatMap(({ rejects }) => rejects?.rows ?? [])).toEqual([1, 2])
  const names = (await readdir(output)).filter((name) => name !== '.batch')
  const parts = [0, 1, 2, 3, 4].map((part) => `part-0000${part}.parquet`)
  expect(names.sort()).toEqual(['manifest.json', ...parts, 'rejects-00000.jsonl', 'rejects-00001.jsonl'])
}

test.each([
  ['batch:planned', 0],
  ['batch:rejects-written', 0],
  ['batch:part-written', 0],
  ['batch:part-recorded', 1],
  ['batch:part-recorded#2', 2],
  ['batch:manifest-written', 5],
])('killed at %s, the same command goes on, and each row is there once', async (point, leastDone) => {
  const output = join(dir, point)
  expect(inProcess({ ...task, output }, point).signal).toBe('SIGKILL')
  const again = inProcess({ ...task, output, run: runOf(2) })
  expect(again.stderr).not.toContain('Error')
  const manifest = JSON.parse(again.stdout) as BatchManifest
  await expectWhole(output, manifest)
  const kept = manifest.parts.filter(({ runId }) => runId === runOf(1).id).length
  expect(kept).toBeGreaterThanOrEqual(leastDone)
  expect(kept).toBeLessThanOrEqual(leastDone === 0 ? 0 : 5)
})

test('killed again and again at any moment, CSV too, it ends with each row once', async () => {
  const output = join(dir, 'kills')
  const given = { ...task, input: join(dir, 'rows.csv'), output }
  for (const [at, ms] of [250, 350, 450].entries()) {
    const child = spawn(process.execPath, argsOf({ ...given, run: runOf(at + 1) }), { stdio: 'ignore' })
    const ended = once(child, 'exit')
    setTimeout(() => child.kill('SIGKILL'), ms)
    await ended
  }
  const last = inProcess({ ...given, run: runOf(9) })
  await expectWhole(output, JSON.parse(last.stdout) as BatchManifest)
})

test('the version stays the one it was begun with, whoever holds the stage by then', async () => {
  const output = join(dir, 'stage')
  expect(inProcess({ ...task, output }, 'batch:part-recorded').signal).toBe('SIGKILL')
  const other = inProcess({ ...task, output, run: runOf(2, 2) })
  expect(other.status).toBe(1)
  expect(other.stderr).toMatch(/begun with version 1 of classifier .*pinned to version 2.*--model-version 1/)
  const pinned = inProcess({ ...task, output, run: runOf(3) })
  expect(JSON.parse(pinned.stdout)).toMatchObject({ model: { number: 1 }, rows: 900 })
})

test('a second run on one output is refused, until the process of the first is gone', async () => {
  const output = join(dir, 'busy')
  const folder = outputFolder(output)
  await mkdir(join(output, '.batch'), { recursive: true })
  {
    using _ = await lockOutput(folder, runOf(7).id)
    const refused = inProcess({ ...task, output })
    expect(refused.stderr).toMatch(/batch_output_busy/)
    expect(refused.stderr).toContain(`Run ${runOf(7).id} (process ${process.pid}) writes to ${output} now`)
    await expect(score({ ...task, model: smallModel(), output })).rejects.toMatchObject({ code: 'batch_output_busy' })
  }
  expect(inProcess({ ...task, output }, 'batch:planned').signal).toBe('SIGKILL')
  expect(inProcess({ ...task, output }).status).toBe(0)
})
