import type { Trace, TraceRun } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { traceResult } from './print.ts'

const at = '2026-01-01T00:00:00.000Z'
const run: TraceRun = {
  id: 'taking',
  workspace: 'dev',
  pipeline: 'training',
  environment: 'staging',
  stack: null,
  startedBy: 'ann',
  startedAt: at,
  endedAt: at,
  snapshotDigest: 'a'.repeat(64),
  commit: '2'.repeat(40),
  dirty: false,
  codeDigest: 'b'.repeat(64),
  parameters: {},
  sources: [],
  steps: [
    {
      name: 'load',
      parameters: {},
      inputs: {},
      outputs: {},
      metadata: {},
      startedAt: at,
      endedAt: at,
      computedBy: {
        runId: 'computing',
        pipeline: 'training',
        startedBy: 'ben',
        startedAt: at,
        snapshotDigest: 'c'.repeat(64),
        codeDigest: 'd'.repeat(64),
        commit: '1'.repeat(40),
        dirty: true,
      },
    },
  ],
}
const nothing = { version: null, stages: [], policy: null, promotion: null, bundle: null, training: null }
const trace: Trace = {
  ...nothing,
  ref: { text: 'taking', kind: 'run', id: 'taking' },
  workspace: 'dev',
  project: 'cancer-detection',
  run,
  artifact: null,
  data: [],
  versions: [],
}

test('a step that was taken names the run that computed it, whose commit and code it stands on', () => {
  const text = traceResult(trace, {} as Context).text()
  expect(text).toContain(`
  step load, taken from run computing
    computed by pipeline training, at ${at} by ben
      commit ${'1'.repeat(40)}, with changes that were not committed
      code digest ${'d'.repeat(64)}
      snapshot ${'c'.repeat(64)}`)
})
