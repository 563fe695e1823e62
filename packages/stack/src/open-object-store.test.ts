import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { bodyOf } from './body.ts'
import { openObjectStore } from './open-object-store.ts'

test('a path and its file URI open the same store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock open '))
  onTestFinished(() => rm(folder, { recursive: true }))
  const place = join(folder, 'deep', 'store')
  const byPath = await openObjectStore(place, { create: true })
  const byUri = await openObjectStore(pathToFileURL(place).href)
  expect(byUri.uri).toBe(byPath.uri)
  expect(byPath.uri).toContain('airlock%20open%20')
  await byUri.write('a', bodyOf(Buffer.from('x')))
  expect(await readFile(join(place, 'a'), 'utf8')).toBe('x')
})

test('opening without create makes no folder', async () => {
  const place = join(tmpdir(), 'airlock-was-never-there')
  await openObjectStore(place)
  await expect(stat(place)).rejects.toThrow('ENOENT')
})

test.each(['gs://bucket/x', 's3://bucket', 'https://example.org/x', 'file://other-host/x', 'file:///a%2Fb'])(
  '%s is refused with what can be given instead',
  async (place) => {
    await expect(openObjectStore(place)).rejects.toMatchObject({ code: 'store_uri_invalid', details: { uri: place } })
  },
)
