import type { LogLine } from '@airlock-ml/contract'
import type { RunEvent } from '@airlock-ml/sdk'
import { expect, test } from 'vitest'
import { coloursFor } from '../output/colours.ts'
import { progressLines } from './progress.ts'

const linesOf = (...events: RunEvent[]) => {
  const lines: string[] = []
  const note = (line: string) => void lines.push(line)
  const onEvent = progressLines({ note, colours: coloursFor(process.stdout, { NO_COLOR: '1' }), env: {} })
  for (const event of events) onEvent(event)
  return lines
}
const log = (step: string | null, level: LogLine['level'], message: string): RunEvent => ({
  type: 'log',
  step,
  line: { at: '2026-01-01T00:00:00.000Z', level, message },
})
const failed = (message: string): RunEvent => ({ type: 'step-failed', step: 'load', durationMs: 10, message })
const message = 'Row 2 of column "age" has no value.'

test('what a step failed with is told once in full, by its log', () => {
  const lines = linesOf(
    log('load', 'error', `Error: ${message}\n    at run (load.ts:1:1)`),
    failed(message),
    log(null, 'error', `training failed at load: ${message}`),
  )
  expect(lines.join('\n').split(message)).toHaveLength(2)
  expect(lines[1]).toMatch(/✗ load\s+\S+( ms| s)?$/)
  expect(lines[2]).toContain('hook error: training failed at load: (see above)')
})

test('a failure that its log does not tell, and what other steps log, is told by the line of the step', () => {
  expect(linesOf(log('other', 'error', message), failed(message))[1]).toContain(message)
  expect(linesOf(failed(message), log('other', 'warn', message))[1]).toContain(message)
})

test('of an attempt that failed the warning in its log is enough', () => {
  const retried: RunEvent = { type: 'step-retried', step: 'load', attempt: 1, delayMs: 5, message }
  const lines = linesOf(log('load', 'warn', `Attempt 1 failed; the next begins in 5 ms: ${message}`), retried)
  expect(lines[1]).toMatch(/attempt 1 failed$/)
  expect(linesOf(retried)[0]).toContain(message)
})
