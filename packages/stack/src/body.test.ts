import { expect, test } from 'vitest'
import { atMost, bodyOf, eachChunk, hashBody, hashThrough, readWhole } from './body.ts'
import type { Body } from './object-store.ts'
import { sha256Hex } from './sha256.ts'

const tooLong = (): Error => new Error('too long')
const parts = ['one, ', 'two, ', 'three'].map((part) => Buffer.from(part))
const whole = 'one, two, three'

// Fills one piece of memory again and again, as a file does.
const lending: Body = {
  ...bodyOf(...parts),
  lend: async (use) => {
    const memory = Buffer.alloc(8)
    for (const part of parts) {
      memory.set(part)
      await use(memory.subarray(0, part.byteLength))
      memory.fill(0)
    }
  },
}

test.each([
  ['iterated', bodyOf(...parts)],
  ['lent', lending],
])('a body that is %s is hashed, limited and passed through whole', async (_way, body) => {
  expect(await hashBody(body)).toEqual({ sha256: sha256Hex(whole), sizeBytes: whole.length })
  const hashing = hashThrough(atMost(body, whole.length, tooLong))
  let seen = ''
  await eachChunk(hashing.body, async (chunk) => {
    await Promise.resolve()
    seen += Buffer.from(chunk).toString()
  })
  expect(seen).toBe(whole)
  expect(hashing.result()).toEqual({ sha256: sha256Hex(whole), sizeBytes: whole.length })
  expect(Buffer.from(await readWhole(body, whole.length, tooLong)).toString()).toBe(whole)
})

test.each([
  ['iterated', bodyOf(...parts)],
  ['lent', lending],
])('a body that is %s stops at the first byte too many', async (_way, body) => {
  let seen = 0
  const reading = eachChunk(atMost(body, 9, tooLong), (chunk) => {
    seen += chunk.byteLength
  })
  await expect(reading).rejects.toThrow('too long')
  expect(seen).toBe(5)
  await expect(readWhole(body, whole.length - 1, tooLong)).rejects.toThrow('too long')
})
