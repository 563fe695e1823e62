import { expect, test } from 'vitest'
import { defaultAdminName } from './admin-name.ts'

test.each([
  ['Ada.Lovelace', 'ada-lovelace'],
  ['DOMAIN\\jörg_k', 'domain-j-rg-k'],
  ['--', 'admin'],
  ['عمر', 'admin'],
  ['x'.repeat(100), 'x'.repeat(63)],
])('the user %s becomes the admin %s', (user, name) => {
  expect(defaultAdminName(user)).toBe(name)
})
