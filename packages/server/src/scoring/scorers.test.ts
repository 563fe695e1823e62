import { afterEach, beforeEach, expect, test } from 'vitest'
import { scoringLimits } from './limits.ts'
import { type Scorer, startScorer } from './scorer.ts'
import { openScorers, type Scorers } from './scorers.ts'

let started: { scorer: Scorer; rehearses: boolean }[]
let scorers: Scorers
beforeEach(() => {
  started = []
  scorers = openScorers(scoringLimits, (limits, options = {}) => {
    const scorer = startScorer(limits, options)
    started.push({ scorer, rehearses: options.rehearses === true })
    return scorer
  })
})
afterEach(async () => {
  await scorers.close()
  await Promise.all(started.map(({ scorer }) => scorer.stop()))
})

test('nobody stands ready until that is asked for', () => {
  expect(started).toEqual([])
  scorers.take()
  expect(started).toMatchObject([{ rehearses: false }])
})

test('the one that stands ready has rehearsed, and is handed out once', async () => {
  scorers.keepReady()
  await started[0]!.scorer.loaded()
  expect(scorers.take()).toBe(started[0]!.scorer)
  expect(started).toMatchObject([{ rehearses: true }])
  expect(started[0]!.scorer.isRunning()).toBe(true)
  expect(scorers.take()).toBe(started[1]!.scorer)
})

test('one that died while it stood ready is not handed out', async () => {
  scorers.keepReady()
  await started[0]!.scorer.stop()
  expect(scorers.take()).toBe(started[1]!.scorer)
  expect(started[1]!.scorer.isRunning()).toBe(true)
})

test('when it is closed, the one that stood ready is gone', async () => {
  scorers.keepReady()
  await scorers.close()
  expect(started[0]!.scorer.isRunning()).toBe(false)
})
