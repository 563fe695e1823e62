import { spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { openPageProject } from './page-project.ts'

test('the pipeline of docs/wiring.md does what the page says', async () => {
  const { dir, files, remove } = await openPageProject('wiring.md')
  onTestFinished(remove)
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  expect(tests).toHaveLength(1)
  const flags = ['--conditions=source', '--test', '--test-reporter=tap']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...tests], { cwd: dir, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toContain('# pass 2')
}, 120_000)
