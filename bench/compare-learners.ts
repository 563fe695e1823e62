// Compares our learners with scikit-learn's on the public data sets that come with it, on the same folds and by the same
// metrics, and prints the table of docs/learners.md. `PYTHON` names a Python that has scikit-learn.
//
//     PYTHON=python3 npx node --conditions=source bench/compare-learners.ts [SEEDS]
import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Classifier,
  type FeatureMatrix,
  featureMatrix,
  GradientBoosting,
  LogisticRegression,
  PrincipalComponents,
  RandomForest,
  readCsv,
  rocAuc,
  StandardScaler,
  stratifiedFolds,
  type Table,
} from '@airlock-ml/tabular'
import { withTempFolder } from './temp-folder.ts'

type Train = (features: FeatureMatrix, labels: Int32Array, seed: number) => Classifier | Promise<Classifier>

const growForest: Train = (features, labels, seed) => RandomForest.train(features, labels, { seed })
const learners: Readonly<Record<string, { train: Train; components?: number }>> = {
  'random forest': { train: growForest },
  'random forest on components': { train: growForest, components: 5 },
  'gradient boosting': { train: (features, labels) => GradientBoosting.train(features, labels) },
  'logistic regression': { train: (features, labels) => LogisticRegression.train(features, labels) },
}
const asked: Readonly<Record<string, readonly string[]>> = {
  breast_cancer: Object.keys(learners),
  // Iris has four features, so no five components.
  iris: ['random forest', 'gradient boosting', 'logistic regression'],
  wine: Object.keys(learners),
}

interface Scores {
  readonly accuracy: number
  readonly auc: number
  readonly logLoss: number
}

interface DataSet {
  readonly table: Table
  readonly labels: Int32Array
  readonly featureNames: readonly string[]
  readonly classCount: number
}

async function readDataSet(path: string): Promise<DataSet> {
  const table = await readCsv(path)
  const labels = Int32Array.from(table.column('label').values as Float64Array)
  const featureNames = table.columnNames.filter((name) => name !== 'label')
  return { table, labels, featureNames, classCount: Math.max(...labels) + 1 }
}

/** The probabilities of each row by the model of the fold that tests it. */
async function answersOfOurs({ table, labels, featureNames, classCount }: DataSet, name: string, seed: number) {
  const { train, components } = learners[name]!
  const answers = new Float32Array(labels.length * classCount)
  for (const fold of stratifiedFolds(labels, { folds: 5, seed })) {
    const [known, unknown] = [fold.train, fold.test].map((rows) => featureMatrix(table.take(rows), featureNames))
    const scaler = StandardScaler.fit(known!)
    const pca = components ? await PrincipalComponents.fit(scaler.transform(known!), { components }) : undefined
    const seen = (rows: FeatureMatrix) => pca?.transform(scaler.transform(rows)) ?? scaler.transform(rows)
    const classifier = await train(
      seen(known!),
      Int32Array.from(fold.train, (row) => labels[row]!),
      seed,
    )
    const found = classifier.predictProbabilities(seen(unknown!))
    for (const [i, row] of fold.test.entries()) {
      answers.set(found.subarray(i * classCount, (i + 1) * classCount), row * classCount)
    }
  }
  return answers
}

/** Means over the folds. The AUC is the mean of one class against the others, the log loss that of all classes. */
function scoresOf({ labels, classCount }: DataSet, answers: Float32Array, seed: number): Scores {
  const perFold = stratifiedFolds(labels, { folds: 5, seed }).map(({ test }) => {
    const rows = Array.from(test)
    const p = (row: number, c: number) => answers[row * classCount + c]!
    const classes = Array.from({ length: classCount }, (_, c) => c)
    const predicted = rows.map((row) => classes.reduce((best, c) => (p(row, c) > p(row, best) ? c : best), 0))
    const areas = classes.map(
      (c) =>
        rocAuc(
          rows.map((row) => labels[row] === c),
          rows.map((row) => p(row, c)),
        )!,
    )
    return {
      accuracy: meanOf(rows.map((row, i) => (predicted[i] === labels[row] ? 1 : 0))),
      auc: meanOf(areas),
      logLoss: meanOf(rows.map((row) => -Math.log(Math.max(2 ** -24, p(row, labels[row]!))))),
    }
  })
  return {
    accuracy: meanOf(perFold.map(({ accuracy }) => accuracy)),
    auc: meanOf(perFold.map(({ auc }) => auc)),
    logLoss: meanOf(perFold.map(({ logLoss }) => logLoss)),
  }
}

function runPython(mode: 'data' | 'fit', folder: string): void {
  const script = join(import.meta.dirname, 'compare-learners.py')
  const { status } = spawnSync(process.env.PYTHON ?? 'python3', [script, mode, folder], {
    stdio: 'inherit',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error('Python failed; see above. PYTHON must name one that has scikit-learn.')
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const deviationOf = (values: readonly number[]): number => {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

const shown = (scores: readonly Scores[]): string[] => {
  const [accuracies, areas, losses] = (['accuracy', 'auc', 'logLoss'] as const).map((name) =>
    scores.map((s) => s[name]),
  )
  return [
    `${meanOf(accuracies!).toFixed(4)} ± ${deviationOf(accuracies!).toFixed(4)}`,
    meanOf(areas!).toFixed(4),
    meanOf(losses!).toFixed(4),
  ]
}

async function compare(folder: string, seeds: number): Promise<void> {
  runPython('data', folder)
  const sets: Record<string, DataSet> = {}
  const tests: Record<string, number[][][]> = {}
  for (const name of Object.keys(asked)) {
    const set = await readDataSet(join(folder, `${name}.csv`))
    sets[name] = set
    tests[name] = Array.from({ length: seeds }, (_, seed) =>
      stratifiedFolds(set.labels, { folds: 5, seed }).map(({ test }) => [...test]),
    )
  }
  await writeFile(join(folder, 'folds.json'), JSON.stringify({ learners: asked, tests }))
  runPython('fit', folder)
  const { version, runs } = JSON.parse(await readFile(join(folder, 'answers.json'), 'utf8')) as {
    version: string
    runs: { data: string; learner: string; seed: number; file: string }[]
  }
  const lines = [`scikit-learn ${version}, ${seeds} seeds`, '']
  for (const [data, names] of Object.entries(asked)) {
    const set = sets[data]!
    lines.push(
      `| ${data} | accuracy, ours | scikit-learn | ROC AUC, ours | scikit-learn | log loss, ours | scikit-learn |`,
    )
    lines.push('| - | - | - | - | - | - | - |')
    for (const learner of names) {
      const ours: Scores[] = []
      const theirs: Scores[] = []
      for (const { seed, file } of runs.filter((run) => run.data === data && run.learner === learner)) {
        ours.push(scoresOf(set, await answersOfOurs(set, learner, seed), seed))
        const bytes = await readFile(join(folder, file))
        theirs.push(scoresOf(set, new Float32Array(Uint8Array.from(bytes).buffer), seed))
      }
      const [a, b] = [shown(ours), shown(theirs)]
      lines.push(`| ${[learner, ...a.flatMap((cell, i) => [cell, b[i]!])].join(' | ')} |`)
    }
    lines.push('')
  }
  console.log(lines.join('\n'))
}

await withTempFolder((folder) => compare(folder, Number(process.argv[2] ?? 10)))
