import { expect, test } from 'vitest'
import { openWake } from './wake.ts'

const HOUR_MS = 3_600_000

test('a call ends the wait that is under way', async () => {
  const wake = openWake()
  const waited = wake.wait(HOUR_MS)
  wake.call()
  await waited
})

test('a call that came while nobody waited ends the next wait, and only that', async () => {
  const wake = openWake()
  wake.call()
  wake.call()
  await wake.wait(HOUR_MS)
  let ended = false
  const next = wake.wait(HOUR_MS).then(() => {
    ended = true
  })
  await new Promise(setImmediate)
  expect(ended).toBe(false)
  wake.call()
  await next
})

test('nobody calls: it is over after its time', async () => {
  await openWake().wait(1)
})
