import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { fastestFolder } from './fastest-folder.ts'

const GIB = 1024 ** 3
const mountedWith = (options: string) => `/dev/vda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs ${options} 0 0\n`
const roomy = { env: {}, mounts: mountedWith('rw,relatime'), freeBytes: 8 * GIB }

test('temporary files go to memory where there is room for them', () => {
  expect(fastestFolder(roomy)).toBe('/dev/shm')
})

test.each([
  ['is smaller than what tests write', { ...roomy, freeBytes: 64 * 1024 ** 2 }],
  ['starts no programs', { ...roomy, mounts: mountedWith('rw,nosuid,noexec') }],
  ['cannot be written', { ...roomy, mounts: mountedWith('ro,relatime') }],
  ['is a folder of the disk', { ...roomy, mounts: '/dev/vda / ext4 rw 0 0\n' }],
  ['does not exist', { ...roomy, mounts: undefined }],
])('memory that %s is not used', (_, surroundings) => {
  expect(fastestFolder(surroundings)).toBe(tmpdir())
})

test('who names a folder gets it', () => {
  expect(fastestFolder({ ...roomy, env: { TMPDIR: '/elsewhere' } })).toBe('/elsewhere')
})
