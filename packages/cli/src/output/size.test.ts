import { expect, test } from 'vitest'
import { sizeText } from './size.ts'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [1024 ** 3, '1.0 GiB'],
])('%d bytes read %s', (sizeBytes, text) => {
  expect(sizeText(sizeBytes)).toBe(text)
})
