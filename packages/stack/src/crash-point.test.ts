import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = `
  import { crashPoint } from '@airlock-ml/stack/crash-point'
  setInterval(() => {}, 1000).unref()
  for (const name of ['a', 'b', 'b']) { console.log(name); await crashPoint(name) }
  console.log('end')
`
const run = (conditions: string[], crashAt: string | undefined) => {
  const { AIRLOCK_CRASH_AT: _, ...env } = process.env
  const { stdout, signal, status } = spawnSync(
    process.execPath,
    [...conditions.map((condition) => `--conditions=${condition}`), '--input-type=module', '--eval', program],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: crashAt === undefined ? env : { ...env, AIRLOCK_CRASH_AT: crashAt },
      encoding: 'utf8',
    },
  )
  return { lines: stdout.split('\n').filter(Boolean), signal, status }
}

test('without the condition crash-test nothing is ever killed', () => {
  expect(run(['source'], 'a')).toEqual({ lines: ['a', 'b', 'b', 'end'], signal: null, status: 0 })
})

test.each([
  ['a', ['a']],
  ['b', ['a', 'b']],
  ['b#2', ['a', 'b', 'b']],
])('with it, the process dies by SIGKILL at %s', (crashAt, lines) => {
  expect(run(['source', 'crash-test'], crashAt)).toEqual({ lines, signal: 'SIGKILL', status: null })
})

test.each([undefined, 'b#3', 'other'])('with it, a point that is not reached (%s) stops nothing', (crashAt) => {
  expect(run(['source', 'crash-test'], crashAt)).toMatchObject({ signal: null, status: 0 })
})
