import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readParquet } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { hostileModels } from '../../test/hostile-models.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { scoringLimits } from './limits.ts'
import { type ScoringTask, startScorer } from './scorer.ts'

let dir: string
let trained: TrainedModel
let task: ScoringTask
let hostile: ReturnType<typeof hostileModels>
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-scorer-'))
  trained = await trainModel({ seed: 1 })
  const table = await readParquet(trained.evaluation)
  hostile = hostileModels(table.columnNames.filter((name) => name !== 'diagnosis'))
  task = {
    modelFile: await keep('model.onnx', trained.onnx),
    evaluationFile: await keep('evaluation.parquet', trained.evaluation),
    spec: { target: 'diagnosis', positive: 'malignant' },
    isForeign: true,
  }
})
afterAll(() => rm(dir, { recursive: true }))

const keep = async (name: string, bytes: Uint8Array) => {
  await writeFile(join(dir, name), bytes)
  return join(dir, name)
}
const scored = async (limits: Partial<typeof scoringLimits>, changed: Partial<ScoringTask> = {}) => {
  const scorer = startScorer({ ...scoringLimits, ...limits })
  try {
    return await scorer.score({ ...task, ...changed })
  } finally {
    await scorer.stop()
  }
}

const patience = { timeout: 20_000, interval: 50 }
const statOf = (pid: number | string) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  } catch {
    return []
  }
}
const isAlive = (pid: number) => ![undefined, 'Z'].includes(statOf(pid)[0])
const childrenOf = (pid: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(pid))
    .map(Number)
/** In ticks of a hundredth of a second, as Linux counts it. */
const processorMs = (pid: number) => (Number(statOf(pid)[11]) + Number(statOf(pid)[12])) * 10

test('a model is scored by a process of its own, to the bit as where it was trained', async () => {
  expect((await scored({})).metrics).toEqual(trained.metrics)
})

test.each([
  ['hugeTensor', 'model_invalid', /onnxruntime does not take the model|not sound/],
  ['externalData', 'model_invalid', /tensors outside its file/],
  ['foreignOperator', 'model_invalid', /com\.microsoft\.FusedMatMul/],
  ['endlessLoop', 'model_invalid', /ai\.onnx\.Loop/],
] as const)('a model with %s is refused before it runs', async (name, code, message) => {
  const modelFile = await keep(`${name}.onnx`, hostile[name])
  await expect(scored({}, { modelFile })).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
})

test('a graph that takes too long is ended, by the clock and by its processor time', async () => {
  const modelFile = await keep('slow.onnx', hostile.slow)
  const late = { code: 'scoring_failed', message: expect.stringContaining('longer than 3 s') }
  await expect(scored({ timeoutMs: 3_000 }, { modelFile })).rejects.toMatchObject(late)
  const spent = { code: 'scoring_failed', message: expect.stringContaining('more than 3 s of processor time') }
  await expect(scored({ cpuSeconds: 3 }, { modelFile })).rejects.toMatchObject(spent)
})

test('a graph that swells in memory is ended, and this process does not notice', async () => {
  const modelFile = await keep('swelling.onnx', hostile.swelling)
  const before = process.memoryUsage().rss
  await expect(scored({ memoryMib: 1_024 }, { modelFile })).rejects.toMatchObject({
    code: expect.stringMatching(/^(model_invalid|scoring_failed)$/),
  })
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 ** 2)
})

/** A process that does something else than scoring, in the place of ours. */
const impostor = async (code: string, limits: Partial<typeof scoringLimits> = {}) => {
  const program = join(dir, 'impostor.mjs')
  await writeFile(program, code)
  const scorer = startScorer({ ...scoringLimits, ...limits }, { program })
  return scorer.score(task).finally(() => scorer.stop())
}

test.each([
  ['ends without an answer', ''],
  ['fails', 'process.exit(3)'],
  ['is killed', 'process.kill(process.pid, "SIGKILL")'],
  ['answers nonsense', 'console.log("{")'],
  ['answers with what is no number', 'console.log(JSON.stringify({ metrics: { accuracy: "1" } }))'],
  ['answers with more than was asked for', 'console.log(JSON.stringify({ metrics: {}, approved: true }))'],
  ['answers without end', 'for (;;) console.log("x".repeat(9_999))'],
  ['closes its output and goes on', 'import { closeSync } from "node:fs"; closeSync(1); for (;;);'],
])('a process that %s has scored nothing', async (_, code) => {
  await expect(impostor(code)).rejects.toMatchObject({ code: 'scoring_failed' })
})

test('it has no environment, and can neither write a file, nor start a program, nor dump its memory', async () => {
  const file = join(dir, 'written')
  const attempts = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { spawnSync } from 'node:child_process'
    const fails = (act) => { try { act(); return 0 } catch { return 1 } }
    const hard = (name) => Number(readFileSync('/proc/self/limits', 'utf8').match(new RegExp(name + ' +\\\\S+ +(\\\\S+)'))[1])
    console.log(JSON.stringify({ metrics: {
      environment: Object.keys(process.env).filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name)).length,
      write: fails(() => writeFileSync(${JSON.stringify(file)}, 'x')),
      start: fails(() => { if (spawnSync('/bin/true').status !== 0) throw 0 }),
      fileBytes: hard('Max file size'), coreBytes: hard('Max core file size'),
      cpuSeconds: hard('Max cpu time'), dataBytes: hard('Max data size'),
    } }))`
  process.env.AIRLOCK_TEST_SECRET = 'hush'
  expect((await impostor(attempts)).metrics).toEqual({
    ...{ environment: 0, write: 1, start: 1, fileBytes: 0, coreBytes: 0 },
    ...{ cpuSeconds: 121, dataBytes: 4_096 * 1024 ** 2 },
  })
  delete process.env.AIRLOCK_TEST_SECRET
})

test('when the process that asked is killed in the middle, nothing stays behind', async () => {
  const modelFile = await keep('slow.onnx', hostile.slow)
  const asking = `
    import { startScorer } from ${JSON.stringify(join(import.meta.dirname, 'scorer.ts'))}
    startScorer(${JSON.stringify(scoringLimits)}).score(${JSON.stringify({ ...task, modelFile })})`
  const parent = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', asking])
  const family = await vi.waitUntil(() => {
    const [shell = -1] = childrenOf(parent.pid ?? 0)
    const [node = -1] = childrenOf(shell)
    // It has begun to calculate: no event loop of its own would notice anything now.
    return node > 0 && processorMs(node) > 2_000 && [shell, node]
  }, patience)
  parent.kill('SIGKILL')
  await vi.waitUntil(() => family.every((pid) => !isAlive(pid)), patience)
}, 30_000)
