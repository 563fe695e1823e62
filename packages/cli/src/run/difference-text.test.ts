import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { coloursFor } from '../output/colours.ts'
import { differenceText } from './difference-text.ts'
import type { RunDifference } from './differences.ts'

const nothing = { parameters: [], metrics: [], data: [], environment: [], durationsMs: [] }

test('a run of code that is in no commit is told from one of a commit', async () => {
  const colours = coloursFor({ isTTY: false } as unknown as Context['stdout'], {})
  const commits = { name: 'commit', before: '1b9889cc'.repeat(5), after: null }
  const code = { commits, tree: null, dirty: true, files: null }
  const text = await differenceText({ ...nothing, code } as unknown as RunDifference, { colours } as unknown as Context)
  expect(text).toBe('Code: commits 1b9889cc1b98..none, with uncommitted changes')
})
