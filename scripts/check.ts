// `npm run check`: the whole gate, here and in CI. A failure stops nothing; the last line counts checks and tests.
// `--tests-from REPORT` takes the tests from a vitest JSON report of a run that was just made.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Job, type Outcome, runInPairs, runJob } from './check/run-job.ts'
import { type Counts, countTests } from './check/test-report.ts'

const GENERATE = 'scripts/generate.ts'

/** Everything but the tests. The generator is there as soon as something is generated. */
function staticJobs(root: string): Job[] {
  const jobs = [
    { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json'] },
    { name: 'lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'] },
    { name: 'boundaries', args: ['scripts/boundaries.ts'] },
    { name: 'dead-paths', args: ['scripts/dead-paths.ts'] },
  ]
  if (existsSync(join(root, GENERATE))) {
    jobs.push({ name: 'generated', args: ['--conditions=source', GENERATE, '--check'] })
  }
  return jobs
}

function printOutcome(name: string, { exitCode, durationMs, output }: Outcome) {
  console.log(`${exitCode === 0 ? 'passed' : 'FAILED'}  ${name.padEnd(12)} ${(durationMs / 1_000).toFixed(1)} s`)
  if (exitCode !== 0) console.log(output.trimEnd().replaceAll(/^/gm, '    '))
}

/** Runs the tests after the checks, not beside them: some of them measure time. */
async function runTests(root: string): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-check-'))
  try {
    const report = join(folder, 'tests.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const outcome = await runJob({ name: 'tests', args: ['node_modules/vitest/vitest.mjs', 'run', ...reporters] }, root)
    printOutcome('tests', outcome)
    const counts = countTests(report)
    return outcome.exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(root: string): Promise<number> {
  const { values } = parseArgs({ options: { 'tests-from': { type: 'string' } } })
  const report = values['tests-from']
  const total: Counts = { passed: 0, failed: 0 }
  await runInPairs(staticJobs(root), root, ({ name }, outcome) => {
    printOutcome(name, outcome)
    total[outcome.exitCode === 0 ? 'passed' : 'failed'] += 1
  })
  const tests = report === undefined ? await runTests(root) : countTests(report)
  total.passed += tests.passed
  total.failed += tests.failed
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = await main(dirname(import.meta.dirname))
