import { expect, test } from 'vitest'
import { dirtyCodeWarning } from './dirty-code.ts'

const code = { digest: 'd'.repeat(64), commit: 'abcdef0'.padEnd(40, '0'), dirty: true }
const model = {
  action: 'trains' as const,
  name: 'm',
  artifacts: {},
  evaluation: { target: 'diagnosis', positive: 'malignant' },
}

test('training from uncommitted changes is warned of in one line that names the commit', () => {
  expect(dirtyCodeWarning({ model, code })).toMatch(
    /^warning: there are uncommitted changes, so commit abcdef0, .*[^\n]$/,
  )
  expect(dirtyCodeWarning({ model, code: { ...code, commit: null } })).toContain('not committed in git')
})

test('a clean commit, and a pipeline that trains nothing, are not', () => {
  expect(dirtyCodeWarning({ model, code: { ...code, dirty: false } })).toBeNull()
  expect(dirtyCodeWarning({ model: null, code })).toBeNull()
})
