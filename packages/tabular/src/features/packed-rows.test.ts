import { expect, test } from 'vitest'
import { isPackedRow, packRows } from './packed-rows.ts'

const range = { firstRow: 100_001, rows: 99_999 }

test('every row that was packed is found again, and no other', () => {
  const among = Array.from({ length: 33_333 }, (_, at) => 100_001 + at * 3)
  const packed = packRows(among, range)
  const known = new Set(among)
  for (const row of [1, 100_000, 100_001, 100_002, 100_003, 100_004, 150_000, 199_997, 199_998, 199_999, 200_000])
    expect([row, isPackedRow(packed, row, range)]).toEqual([row, known.has(row)])
  expect(isPackedRow(packRows([], range), 100_001, range)).toBe(false)
})

test('it takes little where few were packed, and never much', () => {
  let seed = 1
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const some = (share: number) =>
    Array.from({ length: range.rows }, (_, at) => range.firstRow + at).filter(() => random() < share)
  expect(packRows(some(0.01), range).length).toBeLessThan(3_000)
  expect(packRows(some(0.5), range).length).toBeLessThan(17_000)
})

test('what is no packed rows of the range is refused, however much it would become', () => {
  expect(() => isPackedRow(packRows([], { firstRow: 1, rows: 8 }), 100_001, range)).toThrow('1 bytes where 12500')
  expect(() => isPackedRow(packRows([], { firstRow: 1, rows: 8_000_000 }), 100_001, range)).toThrow()
  expect(() => isPackedRow('nonsense', 100_001, range)).toThrow()
})
