import { isPlatformError } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { ObjectStoreError, withStoreCodes } from './object-store-error.ts'

const exchange = { uri: 'file:///exchange' }
const failing = (storeUri: string) => async (): Promise<never> => {
  throw new ObjectStoreError('unreachable', 'It cannot be reached.', { storeUri, key: 'a' })
}

test('the caller chooses the code for errors of its store, and only of that one', async () => {
  const codes = { unreachable: 'exchange_unreachable' } as const
  await expect(withStoreCodes(exchange, codes, failing(exchange.uri))).rejects.toMatchObject({
    code: 'exchange_unreachable',
    message: 'It cannot be reached.',
    details: { store: exchange.uri, key: 'a' },
  })
  await expect(withStoreCodes(exchange, codes, failing('file:///blobs'))).rejects.toMatchObject({
    code: 'store_unreachable',
  })
  await expect(withStoreCodes(exchange, {}, failing(exchange.uri))).rejects.toMatchObject({ code: 'store_unreachable' })
})

test('a store error is a platform error with a remedy', () => {
  const error = new ObjectStoreError('full', 'No space.', { storeUri: exchange.uri, key: 'a' })
  expect(isPlatformError(error)).toBe(true)
  expect(error.remedy).toContain('Make room')
})
