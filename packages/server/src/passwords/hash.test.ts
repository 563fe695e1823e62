import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, isOutdated, isPassword } from './hash.ts'

const pepper = randomBytes(32)
const cheap = { memoryKib: 64, passes: 1, lanes: 1 }

test('a hash says how it was made, differs each time, and knows its password under its pepper alone', async () => {
  const [hash, again] = [
    await hashPassword('a password', pepper, cheap),
    await hashPassword('a password', pepper, cheap),
  ]
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[^$]{22}\$[^$]{43}$/)
  expect(hash).not.toBe(again)
  expect(await isPassword('a password', hash, pepper)).toBe(true)
  expect(await isPassword('a Password', hash, pepper)).toBe(false)
  expect(await isPassword('a password', hash, randomBytes(32))).toBe(false)
})

test('without a hash no password is right', async () => {
  expect(await isPassword('', null, pepper)).toBe(false)
})

test('a hash of another cost is outdated', async () => {
  expect(isOutdated(await hashPassword('a password', pepper, cheap))).toBe(true)
  expect(isOutdated(await hashPassword('a password', pepper))).toBe(false)
})

test('a stored hash of another format is an error, and never a match', async () => {
  await expect(isPassword('x', '$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA', pepper)).rejects.toThrow('Argon2id')
})
