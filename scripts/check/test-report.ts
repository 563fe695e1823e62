import { existsSync, readFileSync } from 'node:fs'

export interface Counts {
  passed: number
  failed: number
}

interface VitestReport {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/**
 * Counts the tests of a vitest JSON report. A file that fails outside its tests counts as one failure, and so does a
 * run without a report, without any test, or unsuccessful for another reason.
 */
export function countTests(path: string): Counts {
  if (!existsSync(path)) return { passed: 0, failed: 1 }
  const report: VitestReport = JSON.parse(readFileSync(path, 'utf8'))
  const failedFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  )
  const failed = report.numFailedTests + failedFiles.length
  const isUnexplained = failed === 0 && (!report.success || report.numPassedTests === 0)
  return { passed: report.numPassedTests, failed: isUnexplained ? 1 : failed }
}
