import { expect, test } from 'vitest'
import { splitCommand } from './split-command.ts'

test.each([
  ['run training --param trees=200', ['run', 'training', '--param', 'trees=200']],
  ['rollback --reason "More false alarms"  --dry-run', ['rollback', '--reason', 'More false alarms', '--dry-run']],
  ['a --reason="x y"', ['a', '--reason=x y']],
])('%s', (line, words) => {
  expect(splitCommand(line)).toEqual(words)
})
