import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { someAtOnce } from './some-at-once.ts'

test('each item has its turn, a few at once', async () => {
  const seen: number[] = []
  let now = 0
  let most = 0
  await someAtOnce([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], async (item) => {
    most = Math.max(most, ++now)
    await turn()
    now--
    seen.push(item)
  })
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(4)
})

test('after a failure nothing is still at work, and nothing more begins', async () => {
  const [begun, ended]: [number[], number[]] = [[], []]
  const failing = someAtOnce([0, 1, 2, 3, 4, 5], async (item) => {
    begun.push(item)
    if (item === 0) await turn()
    if (item < 2) throw new Error(`item ${item}`)
    for (let turns = 0; turns < 5; turns++) await turn()
    ended.push(item)
  })
  await expect(failing).rejects.toThrow('item 0')
  expect(begun).toEqual([0, 1, 2, 3])
  expect(ended).toEqual([2, 3])
})
