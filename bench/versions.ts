import type { Client } from '@airlock-ml/client'
import type { ArtifactType, SnapshotSpec } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import {
  evaluate,
  exportOnnx,
  featureMatrix,
  flatMetrics,
  float64Column,
  loadOnnx,
  RandomForest,
  StandardScaler,
  stringColumn,
  Table,
  writeParquet,
} from '@airlock-ml/tabular'

/** Role → artifact whose bytes are stored. */
export type Outputs = Readonly<Record<string, { readonly type: ArtifactType; readonly digest: string }>>

const STEP = 'train'
const evaluation = { target: 'diagnosis', positive: 'malignant' }
const classLabels = ['benign', 'malignant']

/** Trains a tiny forest on made-up rows and stores what every version needs. */
export async function storeSmallModel(client: Client, project: string): Promise<Outputs> {
  const rows = Array.from({ length: 60 }, (_, row) => row)
  const names = rows.map((row) => classLabels[row % 2]!)
  const radius = float64Column(
    'radius',
    rows.map((row) => (row % 2) * 10 + (row % 7)),
  )
  const table = new Table([radius, stringColumn(evaluation.target, names)])
  const features = featureMatrix(table, ['radius'])
  const scaler = StandardScaler.fit(features)
  const labels = rows.map((row) => row % 2)
  const forest = RandomForest.train(scaler.transform(features), labels, { seed: 1, trees: 5 })
  const onnx = exportOnnx({ scaler, classifier: forest, featureNames: ['radius'], classLabels })
  const model = await loadOnnx(onnx)
  const metrics = flatMetrics(await evaluate(model, table, evaluation))
  await model.close()
  const store = async (type: ArtifactType, body: Uint8Array) => {
    const digest = sha256Hex(body)
    await client.putBlob({ project, sha256: digest, body })
    return { type, digest }
  }
  return {
    model: await store('model', onnx),
    evaluation: await store('table', await writeParquet(table)),
    metrics: await store('json', Buffer.from(JSON.stringify(metrics))),
  }
}

/** Records a training run that made `outputs`, as an orchestrator would, and returns the number of its version. */
export async function registerVersion(
  client: Client,
  made: { project: string; stack: string; model: string; outputs: Outputs },
): Promise<number> {
  const { project, outputs } = made
  const snapshot = await client.createSnapshot({ project, body: specOf(made) })
  const { run, lease } = await client.startRun({ project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id }
  const leaseToken = lease.token
  await client.startStep({ ...held, step: STEP, body: { leaseToken } })
  await client.completeStep({ ...held, step: STEP, body: { leaseToken, outputs } })
  const completed = await client.completeRun({ ...held, body: { leaseToken } })
  return completed.model!.number!
}

function specOf({ stack, model, outputs }: { stack: string; model: string; outputs: Outputs }): SnapshotSpec {
  const roles = Object.entries(outputs)
  return {
    formatVersion: 1,
    pipeline: 'training',
    environment: 'staging',
    stack,
    parameters: {},
    steps: [
      {
        name: STEP,
        inputs: {},
        outputs: Object.fromEntries(roles.map(([role, { type }]) => [role, { type }])),
        parameters: {},
      },
    ],
    model: {
      action: 'trains',
      name: model,
      artifacts: Object.fromEntries(roles.map(([role]) => [role, { step: STEP, output: role }])),
      evaluation,
    },
    code: { digest: 'c'.repeat(64), commit: null, dirty: true },
    hooks: { success: [], failure: [] },
  }
}
