import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('so many at once, so many waiting, in the order they came, and the rest is refused', async () => {
  const turns = createTurns({ atOnce: 2, waiting: 3 })
  const [begun, state] = [[] as number[], { running: 0, most: 0 }]
  const work = (n: number) =>
    turns(async () => {
      begun.push(n)
      state.most = Math.max(state.most, ++state.running)
      await sleep(10)
      state.running--
      return n
    }).catch(({ code }) => code as string)
  const busy = 'sign_in_busy'
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(work))).toEqual([1, 2, 3, 4, 5, busy, busy])
  expect([begun, state.most]).toEqual([[1, 2, 3, 4, 5], 2])
})

test('work that fails gives its turn to the next', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 1 })
  const failing = turns(() => Promise.reject(new Error('no')))
  const next = turns(async () => 'next')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('next')
  expect(await turns(async () => 'later')).toBe('later')
})
