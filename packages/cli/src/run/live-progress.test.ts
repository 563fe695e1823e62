import type { RunEvent } from '@airlock-ml/sdk'
import { expect, test } from 'vitest'
import { coloursFor } from '../output/colours.ts'
import { graphOf } from '../pipeline/graph.ts'
import { timeLeftMs } from './earlier-run.ts'
import { liveProgress, type Screen } from './live-progress.ts'

const step = (name: string, reads: string[] = []) => ({
  name,
  inputs: Object.fromEntries(reads.map((from) => [from, { from: 'step' as const, step: from, output: 'x' }])),
  outputs: {},
  parameters: {},
})
const graph = graphOf({ steps: [step('load'), step('train', ['load']), step('judge', ['train'])] })

function started(rows = 24) {
  let text = ''
  let ms = 0
  const screen: Screen = {
    columns: 60,
    rows,
    write: (more) => {
      text += String(more)
    },
  }
  const earlier = {
    tookMs: 30_000,
    stepMs: new Map([
      ['load', 10_000],
      ['train', 15_000],
      ['judge', 5_000],
    ]),
  }
  const lines = (event: RunEvent) => void screen.write(`said ${event.type}\n`)
  const live = liveProgress({ screen, colours: coloursFor({}, {}), graph, earlier, nowMs: () => ms, lines })
  const later = (by: number) => {
    ms += by
  }
  /** What stands on the screen after the last frame. */
  const frame = () => text.split('\x1b[0J').at(-1)!.trimEnd().split('\n')
  return { ...live, frame, screen, text: () => text, later }
}

test('each step shows what became of it, and the whole how long it still takes', () => {
  const { onEvent, later, frame, stop } = started()
  onEvent({ type: 'step-cached', step: 'load', fromRunId: 'r', outputs: {} })
  onEvent({ type: 'step-started', step: 'train' })
  later(5_000)
  onEvent({ type: 'step-retried', step: 'train', attempt: 1, delayMs: 10, message: 'no' })
  expect(frame().map((line) => line.trimEnd())).toEqual([
    'said step-retried',
    '  ≡ load  cached',
    '  └─ ▸ train  5.0 s',
    '     └─ · judge',
    '  1 of 3 steps, 5.0 s, about 15.0 s left',
  ])
  onEvent({ type: 'step-failed', step: 'train', durationMs: 5_000, message: 'out of\nmemory'.repeat(20) })
  stop()
  expect(frame()[1]).toMatch(/^ {2}└─ ✗ train {2}out of memory/)
  expect(Math.max(...frame().map((line) => line.length))).toBeLessThanOrEqual(60)
})

test('what is written meanwhile stands above the tree, and the screen is given back at the end', () => {
  const { onEvent, screen, stop, text } = started()
  const before = text()
  screen.write('chatter')
  onEvent({ type: 'step-started', step: 'load' })
  expect(text().slice(before.length)).toContain('chatter\n  ▸ load')
  stop()
  const { length } = text()
  screen.write('after')
  expect(text().slice(length)).toBe('after')
})

test('a tree that is higher than the terminal gives way to what runs', () => {
  const { onEvent, frame, stop } = started(6)
  onEvent({ type: 'step-started', step: 'judge' })
  expect(frame()).toHaveLength(2)
  stop()
})

test('nothing is said of the time left where no earlier run knows the steps', () => {
  expect(timeLeftMs({ tookMs: 10, stepMs: new Map([['a', 10]]) }, [{ step: 'b', passedMs: 0 }])).toBeNull()
  const sideBySide = {
    tookMs: 10,
    stepMs: new Map([
      ['a', 10],
      ['b', 10],
    ]),
  }
  expect(
    timeLeftMs(sideBySide, [
      { step: 'a', passedMs: 4 },
      { step: 'b', passedMs: 4 },
    ]),
  ).toBe(6)
})
