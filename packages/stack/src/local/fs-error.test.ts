import { expect, test } from 'vitest'
import { guarded, storeError } from './fs-error.ts'

const place = { storeUri: 'file:///srv/store', key: 'a/b' }
const failed = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

test.each([
  ['ENOENT', 'not_found', 'blob_not_found'],
  ['ELOOP', 'not_a_file', 'blob_damaged'],
  ['ENOSPC', 'full', 'store_full'],
  ['EDQUOT', 'full', 'store_full'],
  ['EACCES', 'unreachable', 'store_unreachable'],
  ['EIO', 'unreachable', 'store_unreachable'],
])('%s of the file system is told as %s', async (code, reason, errorCode) => {
  await expect(guarded(place, failed(code))).rejects.toMatchObject({
    reason,
    code: errorCode,
    message: expect.stringContaining('file:///srv/store/a/b'),
    cause: { code },
  })
})

test('an error of another store is not told as one of this store', async () => {
  const other = storeError('unreachable', { storeUri: 'file:///elsewhere', key: 'x' })
  await expect(guarded(place, Promise.reject(other))).rejects.toBe(other)
})
