import { expect, test } from 'vitest'
import { coloursFor } from './colours.ts'

const isColoured = (isTTY: boolean, env: Record<string, string>) => coloursFor({ isTTY }, env).red('x') !== 'x'

test('colours are for terminals, never under NO_COLOR and never in a pipe of CI', () => {
  expect(isColoured(true, {})).toBe(true)
  expect(isColoured(true, { NO_COLOR: '1' })).toBe(false)
  expect(isColoured(true, { NO_COLOR: '' })).toBe(true)
  expect(isColoured(true, { TERM: 'dumb' })).toBe(false)
  expect(isColoured(false, { CI: 'true' })).toBe(false)
  expect(isColoured(false, { FORCE_COLOR: '1' })).toBe(true)
})
