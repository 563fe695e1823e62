import { expect, test } from 'vitest'
import { numberOf } from './cell-numbers.ts'

test('a cell is the number that JavaScript reads from it, to the last bit', () => {
  const texts = ['0', '-0', '5.', '.5', '-.5', '007', '0.1', '123456789012345', '1234567890123456', '1e5', '+3', ' 4 ']
  let seed = 1
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 48_271) % 2_147_483_647
    const digits = `${seed}${(seed * 7_919) % 1_000_003}`
    const point = seed % (digits.length + 1)
    texts.push(`${seed % 2 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`)
  }
  for (const text of texts) expect(Object.is(numberOf(text), Number(text)), text).toBe(true)
})

test('what is no finite number is none, and nothing is a missing one', () => {
  for (const text of ['', '  ', 'NaN', 'nan']) expect(numberOf(text)).toBeNaN()
  for (const text of ['-', '.', '-.', '1.2.3', '1-2', '0x10', '1e999', 'Infinity', '1_0', '１', '--1']) {
    expect(numberOf(text), text).toBeUndefined()
  }
})
