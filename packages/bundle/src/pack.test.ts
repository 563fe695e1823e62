import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bodyOf, openObjectStore, sha256Hex } from '@airlock-ml/stack'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { packBundle } from './pack.ts'
import { makeSample } from './sample-bundle.test-data.ts'
import { sampleFiles, sampleManifest } from './sample-manifest.test-data.ts'
import { createSigningKey, fileSigner } from './signing.ts'

const attempts = async (exchangeDir: string, digest: string): Promise<string[]> =>
  (await readdir(join(exchangeDir, 'bundles', digest))).sort()

test('a bundle has every file, the manifest its digest is of, and a signature', async () => {
  const sample = await makeSample()
  const packed = await sample.pack()
  const manifest = sampleManifest()
  const files = manifest.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const bytes = canonicalJson({ ...manifest, files })
  const ofFiles = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  expect(packed).toEqual({
    uri: `${sample.exchange.uri}/bundles/${sha256Hex(bytes)}/attempt-1`,
    digest: sha256Hex(bytes),
    keyHint: sample.signer.keyHint,
    files: 6,
    sizeBytes: ofFiles + bytes.byteLength,
    reused: false,
  })
  expect((await readFile(sample.fileOf(packed.uri, 'manifest.json'))).equals(bytes)).toBe(true)
  for (const [path, content] of sampleFiles()) {
    expect((await readFile(sample.fileOf(packed.uri, path))).equals(content)).toBe(true)
  }
})

test('the same export again is the same bundle at the same place, also with its files in another order', async () => {
  const sample = await makeSample()
  const first = await sample.pack()
  const manifest = sampleManifest()
  const again = await sample.pack({ ...manifest, files: manifest.files.toReversed() })
  expect(again).toEqual({ ...first, reused: true })
  expect(await attempts(sample.exchangeDir, first.digest)).toEqual(['attempt-1'])
})

test.each([
  ['has no signature', 'model.sig', null],
  ['has a foreign signature', 'model.sig', Buffer.from('{}')],
  ['lacks a file', 'lineage.json', null],
  ['has a file of another size', 'lineage.json', Buffer.from('{}')],
  ['has a file with other bytes', 'lineage.json', Buffer.from('{"steps":{}}')],
  ['has a file too many', 'extra.json', Buffer.from('{}')],
])('an attempt that %s is passed over, and the next one is whole', async (_what, path, bytes) => {
  const sample = await makeSample()
  const first = await sample.pack()
  await (bytes === null ? rm(sample.fileOf(first.uri, path)) : writeFile(sample.fileOf(first.uri, path), bytes))
  const again = await sample.pack()
  expect(again).toEqual({ ...first, uri: first.uri.replace(/1$/, '2'), reused: false })
  expect((await sample.fetch(again.uri)).digest).toBe(first.digest)
  expect(await sample.pack()).toEqual({ ...again, reused: true })
})

test('a bundle that another key signed is not taken for ours', async () => {
  const sample = await makeSample()
  const first = await sample.pack()
  const files = sampleFiles()
  const manifest = sampleManifest()
  const other = await packBundle({
    manifest,
    signer: fileSigner(createSigningKey()),
    exchange: sample.exchange,
    files: manifest.files.map((file) => ({ ...file, open: () => bodyOf(files.get(file.path) ?? Buffer.alloc(0)) })),
  })
  expect(other).toMatchObject({ digest: first.digest, uri: first.uri.replace(/1$/, '2'), reused: false })
})

test.each([
  ['other', (bytes: Buffer) => Buffer.alloc(bytes.byteLength, 1)],
  ['fewer', (bytes: Buffer) => bytes.subarray(1)],
  ['more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
])('a file that has %s bytes than were recorded stops the export unsigned', async (_what, change) => {
  const sample = await makeSample()
  const manifest = sampleManifest()
  const files = sampleFiles()
  const packing = packBundle({
    manifest,
    signer: sample.signer,
    exchange: sample.exchange,
    files: manifest.files.map((file) => {
      const bytes = files.get(file.path) ?? Buffer.alloc(0)
      return { ...file, open: () => bodyOf(file.path === 'lineage.json' ? change(bytes) : bytes) }
    }),
  })
  await expect(packing).rejects.toMatchObject({ code: 'blob_damaged', details: { file: 'lineage.json' } })
  const left = await readdir(sample.exchangeDir, { recursive: true })
  expect(left.filter((path) => /model\.sig|lineage|write-/.test(path))).toEqual([])
})

test('files that are not those of the manifest are not packed', async () => {
  const sample = await makeSample()
  const manifest = sampleManifest()
  const packing = packBundle({ manifest, signer: sample.signer, exchange: sample.exchange, files: [] })
  await expect(packing).rejects.toThrow('not those that the manifest names')
})

test('an exchange that is not there says so', async () => {
  const sample = await makeSample()
  const away = await openObjectStore(join(sample.exchangeDir, 'not-mounted'))
  const manifest = sampleManifest()
  const files = manifest.files.map((file) => ({ ...file, open: () => bodyOf() }))
  await expect(packBundle({ manifest, files, signer: sample.signer, exchange: away })).rejects.toMatchObject({
    code: 'exchange_unreachable',
  })
})
