// `npm run bench -- NAME` measures one thing beside its peer and ends with `NAME ratio R bar B ok` or `… short`;
// `--list` names them all, `--all` runs them one after the other, each in a process of its own.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { auditOverhead } from './audit-overhead.ts'
import { auditVerify } from './audit-verify.ts'
import { batchOverBare } from './batch.ts'
import { type Benchmark, type BenchOptions, verdictOf } from './benchmark.ts'
import { cachedRun } from './cached-run.ts'
import { cliHelp } from './cli-help.ts'
import { cliList } from './cli-list.ts'
import { compileSteps } from './compile.ts'
import { exportLarge } from './export.ts'
import { wideFanOut } from './fan-out.ts'
import { forestOverSklearn } from './forest.ts'
import { importLarge } from './import.ts'
import { tableOf } from './measure.ts'
import { tracePredictionAmongMany } from './prediction-trace.ts'
import { profileLarge } from './profile.ts'
import { promotionOverWrites } from './promotion.ts'
import { runsPageAmongMany } from './runs-page.ts'
import { servingOverBare } from './serving.ts'
import { twoProcessesOverOne } from './serving-processes.ts'
import { shadowOverBare } from './serving-shadow.ts'
import { trackedSteps } from './steps.ts'
import { swapUnderLoad } from './swap.ts'
import { traceAmongMany } from './trace.ts'
import { verifyLargeBundle } from './verify-bundle.ts'

const BENCHMARKS: readonly Benchmark[] = [
  cliHelp,
  cliList,
  trackedSteps,
  cachedRun,
  compileSteps,
  wideFanOut,
  exportLarge,
  importLarge,
  auditOverhead,
  auditVerify,
  traceAmongMany,
  tracePredictionAmongMany,
  runsPageAmongMany,
  verifyLargeBundle,
  promotionOverWrites,
  forestOverSklearn,
  profileLarge,
  servingOverBare,
  twoProcessesOverOne,
  swapUnderLoad,
  shadowOverBare,
  batchOverBare,
]

const USAGE = `usage: npm run bench -- NAME [--rounds N] [--size-mib N] [--rows N] | --list | --all
names: ${BENCHMARKS.map(({ name }) => name).join(', ')}`

async function runOne(benchmark: Benchmark, options: Omit<BenchOptions, 'note'>): Promise<void> {
  const finding = await benchmark.run({ ...options, note: (line) => console.error(`${benchmark.name}: ${line}`) })
  const { is, ratio } = benchmark.bar
  const lines = [benchmark.summary, '', ...tableOf(finding.measured), '', ...(finding.notes ?? [])]
  if (finding.fault) lines.push(finding.fault)
  console.log([...lines, `The bar is a ratio of ${is} ${ratio}.`, verdictOf(benchmark, finding)].join('\n'))
}

/** One process each: what one leaves in memory and in the compiler's caches does not touch the next. */
function runAll(rest: readonly string[]): void {
  const verdicts = BENCHMARKS.map(({ name }) => {
    const args = [...process.execArgv, import.meta.filename, name, ...rest]
    const { stdout } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
    process.stdout.write(`${stdout}\n`)
    return stdout.trim().split('\n').at(-1) || `${name} failed`
  })
  console.log(verdicts.join('\n'))
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      all: { type: 'boolean' },
      rounds: { type: 'string' },
      'size-mib': { type: 'string', default: '1024' },
      rows: { type: 'string' },
    },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  const sizeMib = Number(values['size-mib'])
  const rows = values.rows === undefined ? undefined : Number(values.rows)
  const isValid = [rounds ?? 1, sizeMib, rows ?? 1].every((number) => Number.isInteger(number) && number >= 1)
  const wanted = BENCHMARKS.find(({ name }) => name === positionals[0])
  if (values.list) {
    for (const { name, summary } of BENCHMARKS) console.log(`${name.padEnd(10)} ${summary}`)
  } else if (values.all && isValid) {
    runAll(process.argv.slice(2).filter((arg) => arg !== '--all'))
  } else if (wanted && isValid && positionals.length === 1) {
    await runOne(wanted, { rounds, sizeMib, rows })
  } else {
    console.error(USAGE)
    process.exitCode = 2
  }
}
