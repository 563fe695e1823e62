import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FeatureMatrix, featureMatrix, RandomForest, type Table, toRowMajor } from '@airlock-ml/tabular'
import type { Benchmark } from './benchmark.ts'
import { madeUpRows } from './made-up-rows.ts'
import { measureInTurn, type Sample } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 10
const TREES = 100
const TRAINED = 16_000
const HELD_OUT = 4_000
const FEATURES = 30

/** scikit-learn 1.2.1 (NumPy 1.24.2, Python 3.11) on the machine of bench/README.md, on the same rows, over 11 seeds. */
const RECORDED = { cpuMs: 5_319, accuracy: 0.7708, deviation: 0.0047 }

const SCRIPT = `
import sys, time, numpy as np
from sklearn.ensemble import RandomForestClassifier
rows = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, ${FEATURES + 1})
x, y = rows[:, :${FEATURES}], rows[:, ${FEATURES}].astype(int)
forest = RandomForestClassifier(${TREES}, random_state=int(sys.argv[2]), n_jobs=1)
started = time.process_time()
forest.fit(x[:${TRAINED}], y[:${TRAINED}])
ms = (time.process_time() - started) * 1000
print(ms, (forest.predict(x[${TRAINED}:]) == y[${TRAINED}:]).mean())
`

/**
 * A forest of 100 trees, ours beside scikit-learn's where the Python of `PYTHON` (default `python3`) has it, with one
 * thread each. Both are measured in processor time, so that the recorded figure does not depend on what else a machine
 * does.
 */
export const forestOverSklearn: Benchmark = {
  name: 'forest',
  summary: `Growing ${TREES} trees on ${TRAINED} rows of ${FEATURES} features, to scikit-learn with one thread.`,
  bar: { is: 'at most', ratio: 0.6 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (folder) => {
      const { table, featureNames } = madeUpRows({ rowCount: TRAINED + HELD_OUT, featureCount: FEATURES, seed: 1 })
      const path = join(folder, 'rows.f32')
      await writeFile(path, new Uint8Array(toRowMajor(featureMatrix(table, [...featureNames, 'label'])).buffer))
      const train = partOf(table, featureNames, { from: 0, count: TRAINED })
      const test = partOf(table, featureNames, { from: TRAINED, count: HELD_OUT })
      const python = process.env.PYTHON ?? 'python3'
      const hasSklearn = spawnSync(python, ['-c', 'import sklearn']).status === 0
      const accuracies: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] }
      const measured = await measureInTurn(
        {
          ours: () => growOurs({ train, test, accuracies: accuracies.ours }),
          'scikit-learn': () =>
            hasSklearn ? growTheirs({ python, path, accuracies: accuracies.peer }) : { ms: RECORDED.cpuMs },
        },
        { rounds, note },
      )
      const ours = meanOf(accuracies.ours)
      const peer = hasSklearn
        ? { accuracy: meanOf(accuracies.peer), deviation: deviationOf(accuracies.peer) }
        : RECORDED
      const isWorse = ours < peer.accuracy - 2 * peer.deviation
      return {
        measured,
        ratio: measured.ours.medianMs / measured['scikit-learn'].medianMs,
        notes: [
          hasSklearn ? 'scikit-learn was measured here.' : 'No scikit-learn here: its figures are recorded ones.',
          `Accuracy on ${HELD_OUT} other rows, mean over ${accuracies.ours.length} seeds: ours ${ours.toFixed(4)}, scikit-learn ${peer.accuracy.toFixed(4)} with a deviation of ${peer.deviation.toFixed(4)}.`,
        ],
        fault: isWorse ? 'Ours is less accurate by more than two deviations.' : undefined,
      }
    }),
}

interface Part {
  readonly features: FeatureMatrix
  readonly labels: Float64Array
}

function partOf(table: Table, names: readonly string[], { from, count }: { from: number; count: number }): Part {
  const rows = table.take(Int32Array.from({ length: count }, (_, i) => from + i))
  return { features: featureMatrix(rows, names), labels: rows.column('label').values as Float64Array }
}

function growOurs({ train, test, accuracies }: { train: Part; test: Part; accuracies: number[] }): Sample {
  const before = process.cpuUsage()
  const forest = RandomForest.train(train.features, train.labels, { seed: accuracies.length, trees: TREES })
  const { user, system } = process.cpuUsage(before)
  const right = forest.predict(test.features).filter((label, row) => label === test.labels[row]).length
  accuracies.push(right / HELD_OUT)
  return { ms: (user + system) / 1_000 }
}

function growTheirs(parts: { python: string; path: string; accuracies: number[] }): Sample {
  const { python, path, accuracies } = parts
  const { stdout } = spawnSync(python, ['-c', SCRIPT, path, `${accuracies.length}`], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const [ms, accuracy] = stdout.split(' ').map(Number)
  accuracies.push(accuracy!)
  return { ms: ms! }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}
