import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadPipeline } from './load-pipeline.ts'

const sdk = JSON.stringify(join(dirname(dirname(fileURLToPath(import.meta.url))), 'index.ts'))
const config = { pipelines: 'src/pipelines' }
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-pipelines-'))
  await mkdir(join(dir, 'src/pipelines'), { recursive: true })
})
afterEach(() => rm(dir, { recursive: true }))

const write = (name: string, source: string) => writeFile(join(dir, 'src/pipelines', `${name}.ts`), source)

test('the pipeline of that name is imported, and no other', async () => {
  await write(
    'training',
    `import { pipeline } from ${sdk}\nexport default pipeline({ name: 'training', build: () => {} })`,
  )
  await write('broken', 'throw new Error("imported")')
  expect(await loadPipeline(dir, config, 'training')).toMatchObject({ name: 'training' })
})

test('a pipeline without a file is refused with the nearest name', async () => {
  await write('training', '')
  await expect(loadPipeline(dir, config, 'trainng')).rejects.toMatchObject({
    code: 'pipeline_file_not_found',
    message: 'There is no src/pipelines/trainng.ts. Did you mean "training"?',
  })
})

test('a name cannot lead out of the folder', async () => {
  await writeFile(join(dir, 'outside.ts'), 'throw new Error("imported")')
  await expect(loadPipeline(dir, config, '../../outside')).rejects.toMatchObject({ code: 'pipeline_file_not_found' })
})

test.each([
  ['src/pipelines/training.ts cannot be loaded. ', 'export default {'],
  ['src/pipelines/training.ts cannot be loaded. Error: no data', 'throw new Error("no data")'],
  ['must be made by pipeline({ … }), but is nothing', 'export const training = 1'],
  ['must be made by pipeline({ … }), but is an object', 'export default { name: "training" }'],
  [
    'src/pipelines/training.ts holds the pipeline "other"',
    `import { pipeline } from ${sdk}\nexport default pipeline({ name: 'other', build: () => {} })`,
  ],
])('a file is refused: %s', async (message, source) => {
  await write('training', source)
  await expect(loadPipeline(dir, config, 'training')).rejects.toMatchObject({
    code: 'pipeline_invalid',
    message: expect.stringContaining(message),
  })
})
