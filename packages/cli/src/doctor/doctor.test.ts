import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { lookAt } from './look.ts'
import { diskLook, gitLook, nodeLook } from './machine.ts'
import { skewOf } from './workspace.ts'

const GIB = 1024 ** 3

test.each([
  ['24.1.0', 'ok'],
  ['20.9.0', 'fail'],
])('Node %s is %s', async (version, outcome) => {
  expect(await lookAt([nodeLook(version)])).toMatchObject([{ subject: 'node', outcome }])
})

test.each([
  [50 * GIB, 'ok'],
  [GIB, 'warn'],
  [1024, 'fail'],
])('%i bytes of space are %s', async (bytes, outcome) => {
  const [disk] = await lookAt([diskLook('/somewhere', async () => bytes)])
  expect(disk).toMatchObject({ outcome, remedy: outcome === 'ok' ? null : expect.stringContaining('Make room') })
})

test('a folder that is not committed is a warning that says how to', async () => {
  expect(await lookAt([gitLook(tmpdir())])).toMatchObject([
    { outcome: 'warn', remedy: expect.stringContaining('git commit') },
  ])
})

test.each([
  ['Thu, 01 Jan 2026 00:00:01 GMT', 'ok'],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 'warn'],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 'fail'],
  [null, 'warn'],
  ['soon', 'warn'],
])('a server that says %j is %s', (header, outcome) => {
  expect(skewOf(header, Date.parse('2026-01-01T00:00:00Z'))).toMatchObject({ outcome })
})

test('what cannot be looked at is told, and the rest goes on', async () => {
  const looks = [{ subject: 'a', look: () => Promise.reject(new Error('gone')) }, nodeLook('24.0.0')]
  expect(await lookAt(looks)).toMatchObject([{ outcome: 'fail', message: 'gone' }, { outcome: 'ok' }])
})
