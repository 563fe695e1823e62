import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArtifactType } from '@airlock-ml/contract'
import { float64Column, Table, writeParquet } from '@airlock-ml/tabular'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkType } from './check-type.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-type-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function check(type: ArtifactType, content: string | Uint8Array): Promise<void> {
  const file = join(dir, 'given')
  await writeFile(file, content)
  await checkType(type, { file, shown: 'data/given' })
}

test('a file of the type is let through', async () => {
  await check('table', await writeParquet(new Table([float64Column('age', [41])])))
  await check('json', '{"age": 41}')
  await check('text', 'größe ☃')
  await check('bytes', '')
})

test.each([
  ['table', 'age,left\n41,yes\n', 'a table, which is a Parquet file: it does not begin as one does.'],
  ['table', 'PAR1 and then cut off', 'a table, which is a Parquet file: it does not end as one does.'],
  ['table', '', 'a table, which is a Parquet file: it does not begin as one does.'],
  ['model', 'no graph', 'a model, which is an ONNX graph: '],
  ['json', '{"age": 41', 'JSON: '],
  ['text', Uint8Array.of(0x61, 0xff), 'text in UTF-8: '],
  ['text', Uint8Array.of(0x61, 0xc3), 'text in UTF-8: '],
] as const)('another is refused before its name is that of a %s', async (type, content, why) => {
  await expect(check(type, content)).rejects.toMatchObject({
    code: 'cli_file_invalid',
    message: expect.stringContaining(`data/given is not ${why}`),
  })
})
