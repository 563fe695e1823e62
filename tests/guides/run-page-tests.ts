import { spawnSync } from 'node:child_process'
import { expect, onTestFinished } from 'vitest'
import { openPageProject } from './page-project.ts'

/** Runs the test files among the blocks of a page with Node's own runner, in a project of their own: all must pass. */
export async function runPageTests(name: string, { passes }: { passes: number }): Promise<void> {
  const { dir, files, remove } = await openPageProject(name)
  onTestFinished(remove)
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  const flags = ['--conditions=source', '--test', '--test-reporter=tap']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...tests], { cwd: dir, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toContain(`# pass ${passes}`)
}
