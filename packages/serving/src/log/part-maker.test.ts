import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readParquet } from '@airlock-ml/tabular'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answered } from '../../test/answered.ts'
import { openPartMaker, type PartMaker } from './part-maker.ts'
import { batchFrame, definitionFrame } from './segment-format.ts'

const inputsKey = new Uint8Array(32)
let dir: string
let maker: PartMaker
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-part-maker-'))
  maker = openPartMaker(inputsKey)
})
afterEach(async () => {
  await maker.close()
  await rm(dir, { recursive: true })
})

async function segmentOf(rows: number): Promise<string> {
  const batch = answered(rows)
  const { version, featureNames, classLabels } = batch
  const definition = definitionFrame(0, { number: version.number, digest: version.digest, featureNames, classLabels })
  const path = join(dir, `${rows}.wal`)
  await writeFile(path, Buffer.concat([definition, batchFrame(batch, { index: 0, inputs: 'recorded', inputsKey })]))
  return path
}

/** The niceness of each thread, as `proc(5)` has it. */
async function priorities(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  return await Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    }),
  )
}

test('one process makes part after part, larger than its pipe, and another one when the last was killed', async () => {
  const made = await Promise.all([20_000, 1_200].map(segmentOf)).then(async ([large, small]) => [
    await maker.make(large!),
    await maker.make(small!),
  ])
  expect(made.map(({ rows, tornBytes }) => [rows, tornBytes])).toEqual([
    [20_000, 0],
    [1_200, 0],
  ])
  expect((await readParquet(made[0]!.part!.bytes)).rowCount).toBe(20_000)
  const pid = maker.pid()!
  process.kill(pid, 'SIGKILL')
  await expect(maker.make(join(dir, '1200.wal'))).rejects.toThrow('ended')
  expect((await maker.make(join(dir, '1200.wal'))).rows).toBe(1_200)
  expect(maker.pid()).not.toBe(pid)
  await expect(maker.make(join(dir, 'none.wal'))).rejects.toThrow('ENOENT')
  await maker.close()
  await expect(maker.make(join(dir, '1200.wal'))).rejects.toThrow('closed')
})

test.skipIf(process.platform !== 'linux')('a maker has the lowest priority, unless it is urgent', async () => {
  const segment = await segmentOf(10)
  await maker.make(segment)
  const ordinary = maker.pid()!
  for (const nice of await priorities(ordinary)) expect(nice).toBe(19)
  await maker.make(segment, { isUrgent: true })
  expect(maker.pid()).not.toBe(ordinary)
  for (const nice of await priorities(maker.pid()!)) expect(nice).toBe(getPriority())
})
