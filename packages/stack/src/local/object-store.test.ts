import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bodyOf, hashBody, readWhole } from '../body.ts'
import type { ObjectInfo, ObjectStore } from '../object-store.ts'
import { sha256Hex } from '../sha256.ts'
import { openLocalObjectStore } from './object-store.ts'

let folder: string
let root: string
let store: ObjectStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-store-'))
  root = join(folder, 'store')
  store = await openLocalObjectStore(root, { create: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const text = (value: string): AsyncIterable<Uint8Array> => bodyOf(Buffer.from(value))
const failing = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('the first part')
  throw new Error('the sender is gone')
}
const read = async (key: string): Promise<string> =>
  Buffer.from(await readWhole(await store.read(key), 1e9, () => new Error('too long'))).toString()
const listed = async (prefix: string, of: ObjectStore = store): Promise<ObjectInfo[]> => {
  const found: ObjectInfo[] = []
  for await (const object of of.list(prefix)) found.push(object)
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}
const temps = (): Promise<string[]> => readdir(join(root, '.tmp'))
const reason = (value: string): object => ({ name: 'PlatformError', reason: value })

test('an object is written, read, measured, listed and deleted', async () => {
  const written = await store.write('blobs/ab/one', text('hello'))
  expect(written).toEqual({ sha256: sha256Hex('hello'), sizeBytes: 5, written: true })
  await store.write('blobs/two', text(''))
  expect(store.uri).toBe(pathToFileURL(root).href)
  expect(await read('blobs/ab/one')).toBe('hello')
  expect(await read('blobs/two')).toBe('')
  expect(await store.stat('blobs/ab/one')).toEqual({ key: 'blobs/ab/one', sizeBytes: 5, isRegular: true })
  expect(await store.stat('blobs/ab')).toBeNull()
  expect((await listed('blobs/')).map((object) => object.key)).toEqual(['blobs/ab/one', 'blobs/two'])
  expect(await listed('nothing/')).toEqual([])
  await store.delete('blobs/ab/one')
  await store.delete('blobs/ab/one')
  await store.delete('never/was')
  expect(await store.stat('blobs/ab/one')).toBeNull()
  expect((await listed('')).map((object) => object.key)).toEqual(['blobs/two'])
  expect(await temps()).toEqual([])
})

test('an object larger than the buffers comes back byte for byte, iterated or lent', async () => {
  const bytes = randomBytes(3_500_000)
  await store.write('big', bodyOf(bytes))
  const body = await store.read('big')
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  expect(await hashBody(body)).toEqual({ sha256: sha256Hex(bytes), sizeBytes: bytes.byteLength })
  await store.write('copy', await store.read('big'), { sha256: sha256Hex(bytes) })
  expect((await readFile(join(root, 'copy'))).equals(bytes)).toBe(true)
})

test('a write replaces what was there, and with ifAbsent keeps it', async () => {
  await store.write('a', text('one'))
  expect(await store.write('a', text('two'), { ifAbsent: true })).toMatchObject({ written: false })
  expect(await read('a')).toBe('one')
  expect(await store.write('a', text('three'))).toMatchObject({ written: true })
  expect(await read('a')).toBe('three')
  expect(await temps()).toEqual([])
})

test('of many writers with ifAbsent exactly one wins', async () => {
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, i) => store.write('dir/one', text(`writer ${i}`), { ifAbsent: true })),
  )
  const winner = all.findIndex((result) => result.written)
  expect(all.filter((result) => result.written)).toHaveLength(1)
  expect(await read('dir/one')).toBe(`writer ${winner}`)
})

test('bytes with another digest leave nothing', async () => {
  const writing = store.write('a/b', text('hello'), { sha256: sha256Hex('other') })
  await expect(writing).rejects.toMatchObject({ ...reason('digest_mismatch'), code: 'blob_digest_mismatch' })
  expect(await store.stat('a/b')).toBeNull()
  expect(await temps()).toEqual([])
})

test('a body that fails passes its own error and leaves what was there', async () => {
  await store.write('a', text('before'))
  await expect(store.write('a', failing())).rejects.toThrow('the sender is gone')
  expect(await read('a')).toBe('before')
  expect(await temps()).toEqual([])
})

test.each([
  ['..', '../x', 'a/../b', '/etc/passwd', 'a//b', 'a/', '', '.tmp/x', '.hidden', 'a\\b', 'a\0b', 'A', 'a b', 'a.', 'é'],
])('a key that is no plain path is refused', async (...keys) => {
  for (const key of keys) {
    await expect(store.write(key, text('x')), key).rejects.toMatchObject(reason('invalid_key'))
    await expect(store.read(key), key).rejects.toMatchObject(reason('invalid_key'))
    await expect(store.delete(key), key).rejects.toMatchObject(reason('invalid_key'))
  }
  await expect(listed('../')).rejects.toMatchObject(reason('invalid_key'))
  await expect(listed('no-slash')).rejects.toMatchObject(reason('invalid_key'))
})

test('links are listed as what they are, and never followed', async () => {
  await writeFile(join(folder, 'secret'), 'secret')
  await mkdir(join(folder, 'outside'))
  await writeFile(join(folder, 'outside', 'file'), 'secret')
  await store.write('dir/plain', text('x'))
  await symlink(join(folder, 'secret'), join(root, 'dir', 'link'))
  await symlink(join(folder, 'outside'), join(root, 'dir', 'way-out'))
  await expect(store.read('dir/link')).rejects.toMatchObject(reason('not_a_file'))
  await expect(store.read('dir/way-out/file')).rejects.toMatchObject(reason('not_a_file'))
  await expect(store.write('dir/way-out/new', text('x'))).rejects.toMatchObject(reason('not_a_file'))
  await expect(store.write('dir/way-out/deep/new', text('x'))).rejects.toMatchObject(reason('not_a_file'))
  await expect(store.delete('dir/way-out/file')).rejects.toMatchObject(reason('not_a_file'))
  expect(await readdir(join(folder, 'outside'))).toEqual(['file'])
  expect(await listed('dir/')).toEqual([
    { key: 'dir/link', sizeBytes: 0, isRegular: false },
    { key: 'dir/plain', sizeBytes: 1, isRegular: true },
    { key: 'dir/way-out', sizeBytes: 0, isRegular: false },
  ])
})

test('a link that replaces a file between the check and the reading is not followed', async () => {
  await writeFile(join(folder, 'secret'), 'secret')
  await store.write('a', text('plain'))
  const body = await store.read('a')
  await rm(join(root, 'a'))
  await symlink(join(folder, 'secret'), join(root, 'a'))
  await expect(hashBody(body)).rejects.toMatchObject(reason('not_a_file'))
})

test.skipIf(process.platform === 'win32')('a named pipe does not hold up a reader', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')])
  await expect(store.read('pipe')).rejects.toMatchObject(reason('not_a_file'))
})

test('what is not there is not found, and a store that is not there cannot be reached', async () => {
  await expect(store.read('a/b')).rejects.toMatchObject({ ...reason('not_found'), code: 'blob_not_found' })
  const away = await openLocalObjectStore(join(folder, 'not-mounted'))
  const unreachable = { ...reason('unreachable'), code: 'store_unreachable', storeUri: away.uri }
  await expect(away.read('a')).rejects.toMatchObject(unreachable)
  await expect(away.stat('a')).rejects.toMatchObject(unreachable)
  await expect(away.write('a', text('x'))).rejects.toMatchObject(unreachable)
  await expect(listed('', away)).rejects.toMatchObject(unreachable)
  await expect(stat(join(folder, 'not-mounted'))).rejects.toThrow('ENOENT')
})

test('a store whose folder was removed and made again goes on', async () => {
  await store.write('a/b', text('one'))
  await rm(root, { recursive: true })
  await mkdir(root)
  await store.write('a/b', text('two'))
  expect(await read('a/b')).toBe('two')
})

test('a local file is taken over and gone from where it was', async () => {
  await writeFile(join(folder, 'one'), 'one')
  await writeFile(join(folder, 'two'), 'two')
  const { ino } = await stat(join(folder, 'one'))
  expect(await store.adopt('blobs/x', join(folder, 'one'), { ifAbsent: true })).toEqual({ written: true })
  expect((await stat(join(root, 'blobs', 'x'))).ino).toBe(ino)
  expect(await store.adopt('blobs/x', join(folder, 'two'), { ifAbsent: true })).toEqual({ written: false })
  expect(await read('blobs/x')).toBe('one')
  expect(await readdir(folder)).toEqual(['store'])
  await symlink(join(root, 'blobs', 'x'), join(folder, 'link'))
  await expect(store.adopt('blobs/y', join(folder, 'link'))).rejects.toMatchObject(reason('not_a_file'))
})

test('writes that were cut off are listed once they are old enough', async () => {
  const nowMs = 1_800_000_000_000
  const aged = await openLocalObjectStore(root, { now: () => nowMs })
  expect(await aged.listAbandoned(0)).toEqual([])
  await store.write('a', text('x'))
  await writeFile(join(root, '.tmp', 'write-old'), '123')
  await utimes(join(root, '.tmp', 'write-old'), nowMs / 1000 - 7_200, nowMs / 1000 - 7_200)
  await writeFile(join(root, '.tmp', 'write-young'), '1')
  await utimes(join(root, '.tmp', 'write-young'), nowMs / 1000 - 60, nowMs / 1000 - 60)
  expect(await aged.listAbandoned(3_600_000)).toEqual([{ name: 'write-old', sizeBytes: 3, ageMs: 7_200_000 }])
  expect(await aged.removeAbandoned('write-young', 3_600_000)).toBe(false)
  expect(await aged.removeAbandoned('../a', 3_600_000)).toBe(false)
  expect(await aged.removeAbandoned('write-old', 3_600_000)).toBe(true)
  expect(await readdir(join(root, '.tmp'))).toEqual(['write-young'])
})

test('the age of an object is that of its bytes', async () => {
  const nowMs = 1_800_000_000_000
  const aged = await openLocalObjectStore(root, { now: () => nowMs })
  await store.write('a', text('x'))
  await utimes(join(root, 'a'), nowMs / 1000 - 60, nowMs / 1000 - 60)
  expect(await aged.ageMs('a')).toBe(60_000)
  expect(await aged.ageMs('b')).toBeNull()
})

test('a range of an object is read alone, and ends where the object does', async () => {
  await store.write('blobs/one', text('hello'))
  const range = async (from: number, to: number) =>
    Buffer.from(await store.readRange('blobs/one', { from, to })).toString()
  expect([await range(1, 3), await range(3, 99), await range(9, 99)]).toEqual(['el', 'lo', ''])
  await expect(store.readRange('blobs/two', { from: 0, to: 1 })).rejects.toMatchObject(reason('not_found'))
})
