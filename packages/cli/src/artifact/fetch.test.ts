import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchArtifact } from './fetch.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-fetch-'))
})
afterEach(() => rm(dir, { recursive: true }))

const bytes = new TextEncoder().encode('onnx')
const stream = () => new Blob([bytes]).stream()

test('bytes with the right digest are written', async () => {
  await fetchArtifact(stream(), createHash('sha256').update(bytes).digest('hex'), join(dir, 'model.onnx'))
  expect(await readFile(join(dir, 'model.onnx'), 'utf8')).toBe('onnx')
})

test('bytes with another digest leave nothing and spare the file that was there', async () => {
  await writeFile(join(dir, 'model.onnx'), 'old')
  await expect(fetchArtifact(stream(), '0'.repeat(64), join(dir, 'model.onnx'))).rejects.toMatchObject({
    code: 'blob_damaged',
  })
  expect(await readdir(dir)).toEqual(['model.onnx'])
  expect(await readFile(join(dir, 'model.onnx'), 'utf8')).toBe('old')
})
