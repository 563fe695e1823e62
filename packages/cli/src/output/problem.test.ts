import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { PlatformError } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { coloursFor } from './colours.ts'
import { platformErrorOf, problemText } from './problem.ts'

const plain = { colours: coloursFor({}, {}) }
const textOf = (error: PlatformError) => problemText(error.toProblem(null), plain)

test('a problem says what happened, why, and what to do', async () => {
  expect(await textOf(new PlatformError('model_not_found', 'There is no model cancer.'))).toBe(
    [
      'error: No such model (model_not_found)',
      '  why  There is no model cancer.',
      '  do   See `airlock model list`.',
    ].join('\n'),
  )
})

test('details are listed, failed gates one by one', async () => {
  const gate = {
    name: 'accuracy',
    verdict: 'failed',
    expression: 'metrics.accuracy >= 0.95',
    grade: 'recomputed',
    values: { 'metrics.accuracy': 0.9 },
    message: 'Too low',
    remedy: 'Train again',
  }
  const text = await textOf(
    new PlatformError('gates_failed', 'One gate failed.', { gates: [gate], roles: ['approver'] }),
  )
  expect(text).toContain('failed  accuracy')
  expect(text).toContain('Too low')
  expect(text).toContain('roles:\n    - approver')
})

test('whatever else was thrown becomes an error of the catalogue', async () => {
  expect(await platformErrorOf(new TypeError('x is not a function'))).toMatchObject({
    code: 'cli_failed',
    message: 'x is not a function',
  })
  const error = new PlatformError('forbidden', 'No.')
  expect(await platformErrorOf(error)).toBe(error)
})

test('a folder that is closed is named, with what to do', async () => {
  const readOnly = { code: 'EROFS', path: '/data/project/.airlock' }
  const thrown = Object.assign(new Error("EROFS: read-only file system, mkdir '/data/project/.airlock'"), readOnly)
  const error = await platformErrorOf(thrown)
  expect(error).toMatchObject({ code: 'cli_folder_closed', details: { path: '/data/project/.airlock' } })
  expect(error.message).toContain('Nothing can be written in the folder /data/project (EROFS')
  expect(error.remedy).toContain('work in a folder of your own')
})

test('a port that another process has is named, with the ways out', async () => {
  const held = createServer().listen(0, '127.0.0.1')
  await once(held, 'listening')
  const { port } = held.address() as AddressInfo
  const second = createServer().listen(port, '127.0.0.1')
  const [thrown] = (await once(second, 'error')) as [Error]
  held.close()
  const { code, message, remedy } = await platformErrorOf(thrown)
  expect(code).toBe('cli_address_taken')
  expect(message).toContain(`127.0.0.1:${port}`)
  expect(remedy).toContain('--set port=N')
})
