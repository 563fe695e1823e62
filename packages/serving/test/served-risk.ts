import { hash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServedVersion } from '@airlock-ml/contract'
import { exportOnnx, featureMatrix, float32Column, RandomForest, StandardScaler, Table } from '@airlock-ml/tabular'
import type { ServedCode } from '../src/live/shadow-process.ts'

const sdk = JSON.stringify(join(import.meta.dirname, '../../sdk/src/index.ts'))

/** A pipeline whose versions from 91 on misbehave, once they are asked about a row with an `a` above 0. */
const source = `import { json, pipeline, servedModel, step, table } from ${sdk}
const kept = []
const misbehave = {
  91: () => { throw new Error('no luck') },
  92: () => { for (;;); },
  93: () => { for (;;) kept.push({ at: kept.length, text: 'x'.repeat(100) + kept.length }) },
  94: () => { for (;;) kept.push(new Float32Array(1_000_000).fill(1)) },
  95: () => process.exit(7),
}
const answerRows = step({
  name: 'answer_rows',
  inputs: { model: servedModel(), requests: table() },
  outputs: { answers: json() },
  run: async ({ inputs: { model, requests }, context }) => {
    const { labels } = await model.predictTable(requests)
    if (requests.column('a').values.some((a) => a > 0)) misbehave[context.run.model.number]?.()
    return { answers: labels.map((label) => ({ label })) }
  },
})
export default pipeline({
  name: 'answering',
  serves: { model: 'risk', parameter: 'patient' },
  build: ({ requests, model }) => answerRows({ inputs: { requests, model: model.model } }),
})
`

/** Writes the pipeline to a folder, as any process can load it. */
export async function servedCode(dir: string): Promise<ServedCode> {
  await mkdir(join(dir, 'pipelines'), { recursive: true })
  await writeFile(join(dir, 'pipelines/answering.ts'), source)
  return {
    ...{ dir, pipelines: 'pipelines', pipeline: 'answering', params: {}, environment: 'production' },
    ...{ project: 'p', deploymentId: 'd' },
  }
}

/** A model that says yes where `a` is one, or as `yes` has it for 00, 01, 10 and 11; `calls` names its features anew. */
export function riskModel(
  yes: readonly number[] = [0, 0, 1, 1],
  featureNames: readonly string[] = ['a', 'b'],
  calls: readonly string[] = featureNames,
) {
  const [a, b] = [float32Column('a', [0, 0, 1, 1]), float32Column('b', [0, 1, 0, 1])]
  const rows = new Table([a, b, float32Column('c', [0, 0, 0, 0])])
  const features = { ...featureMatrix(rows, featureNames), names: calls }
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), yes, { seed: 1, trees: 5 })
  return exportOnnx({ scaler, classifier, featureNames: calls, classLabels: ['no', 'yes'] })
}

export const riskVersion = (number: number, onnx: Uint8Array): ServedVersion => ({
  ...{ id: `01a20da1-0000-7000-8000-${String(number).padStart(12, '0')}`, model: 'risk', number },
  ...{ sourceWorkspace: 'dev', sourceNumber: number, digest: hash('sha256', onnx), artifacts: {} },
})
