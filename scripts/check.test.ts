import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInPairs, runJob } from './check/run-job.ts'
import { countTests } from './check/test-report.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-check-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function count(report: object) {
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify({ success: true, numFailedTests: 0, testResults: [], ...report }))
  return countTests(path)
}

test('passed and failed tests are counted', () => {
  const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }]
  expect(count({ success: false, numPassedTests: 5, numFailedTests: 1, testResults })).toEqual({ passed: 5, failed: 1 })
})

test('a file that fails outside its tests counts as a failure', () => {
  const testResults = [{ status: 'failed', assertionResults: [{ status: 'passed' }] }]
  expect(count({ success: false, numPassedTests: 1, testResults })).toEqual({ passed: 1, failed: 1 })
})

test('a run that is unsuccessful for another reason, that has no test, or no report, counts as a failure', () => {
  expect(count({ success: false, numPassedTests: 3 })).toEqual({ passed: 3, failed: 1 })
  expect(count({ numPassedTests: 0 })).toEqual({ passed: 0, failed: 1 })
  expect(countTests(join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 1 })
})

test('a job hands back its exit code and what it wrote', async () => {
  const args = ['-e', `console.log('out'); console.error('err'); process.exitCode = 3`]
  const outcome = await runJob({ name: 'a', args }, folder)
  expect(outcome).toMatchObject({ exitCode: 3, output: expect.stringContaining('out') })
  expect(outcome.output).toContain('err')
})

test('a job that a signal ends counts as failed', async () => {
  const outcome = await runJob({ name: 'a', args: ['-e', `process.kill(process.pid, 'SIGKILL')`] }, folder)
  expect(outcome.exitCode).toBe(1)
})

test('a failed job stops none of the others', async () => {
  const jobs = ['1', '0', '2', '0'].map((code) => ({ name: `exits-${code}`, args: ['-e', `process.exit(${code})`] }))
  const exitCodes: number[] = []
  await runInPairs(jobs, folder, (_job, { exitCode }) => exitCodes.push(exitCode))
  expect(exitCodes.sort()).toEqual([0, 0, 1, 2])
})
