import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '@airlock-ml/client'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { openPredictionLog } from '@airlock-ml/serving'
import { project, stack } from './bench-workspace.ts'

/** A UUIDv7 of a time, the larger the later its number. */
export function idAt(ms: number, number: number): string {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}

/** The rows of a part as a service cuts them by default. */
export const PART_ROWS = 50_000
const FEATURES = 30
const BATCH_ROWS = 500

const place = { project, deployment: 'answers' }

/** Makes a deployment of a model, and answers with a client that signs in as its service. */
export async function deployModel(client: Client, fetch: typeof globalThis.fetch, model: string): Promise<Client> {
  const { project, deployment: name } = place
  const { id: snapshotId } = await client.createSnapshot({
    project,
    body: {
      ...{ formatVersion: 1, pipeline: 'answering', environment: 'staging', stack, parameters: {} },
      steps: [
        {
          name: 'answer',
          inputs: { rows: { from: 'requests' }, model: { from: 'model', role: 'model' } },
          outputs: { answers: { type: 'json' } },
          parameters: {},
        },
      ],
      model: { action: 'serves', name: model, answers: { step: 'answer', output: 'answers' } },
      code: { digest: 'c'.repeat(64), commit: 'a'.repeat(40), dirty: false },
      hooks: { success: [], failure: [] },
    },
  })
  const { serviceSecret } = await client.createDeployment({ project, body: { name, snapshotId, stage: 'staging' } })
  return createClient({ baseUrl: 'http://embedded', apiKey: serviceSecret, fetch })
}

/** Has so many predictions of 30 features recorded and registered by a real prediction log; answers with their ids. */
export async function logPredictions(
  service: Client,
  { dir, version, rows }: { dir: string; version: ServedVersion; rows: number },
): Promise<string[]> {
  const { log: settings } = DeploymentSettings.parse({ log: { partRows: PART_ROWS, partSeconds: 1 } })
  const { inputsKey } = await service.showDeploymentTarget(place)
  const silent = { info: () => {}, warn: () => {}, error: () => {} }
  const log = await openPredictionLog({
    ...{ ...place, dir: join(dir, 'log'), settings: () => settings, log: silent },
    inputsKey: Buffer.from(inputsKey, 'base64'),
    contact: (talk) => talk(service),
  })
  const ids: string[] = []
  const each = <T>(of: (row: number) => T) => Array.from({ length: BATCH_ROWS }, (_, row) => of(row))
  const featureNames = Array.from({ length: FEATURES }, (_, at) => `feature_${at}`)
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const some = each((row) => idAt(Date.now(), from + row))
    ids.push(...some)
    await log.observe({
      ...{ role: 'champion', version, rows: BATCH_ROWS, ids: some, featureNames, classLabels: ['benign', 'malignant'] },
      ...{ keys: each(() => null), subjects: each(() => null), labels: each(() => 'benign') },
      ...{ receivedAtMs: each(() => Date.now()), latencyUs: each(() => 700) },
      features: Float32Array.from({ length: BATCH_ROWS * FEATURES }, (_, at) => Math.sin(from + at)),
      probabilities: Float32Array.from({ length: BATCH_ROWS * 2 }, (_, at) => 1 - (at % 2)),
    })
    await sleep(1)
  }
  while (log.counts().logWaiting > 0) await sleep(50)
  const { logLost } = log.counts()
  if (logLost > 0) throw new Error(`${logLost} predictions were lost.`)
  await log.close()
  return ids
}
