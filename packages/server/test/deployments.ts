import type { Deployment, deploymentRoutes, RouteInput, ServiceReport, SnapshotSpec } from '@airlock-ml/contract'
import { type Call, callAs } from './call.ts'
import type { TrainedModel } from './trained-model.ts'
import { model, project, runTraining, type TestWorkspace, toStaging, trainingSpec } from './two-workspaces.ts'

/** A compiled pipeline of one step that answers requests with a model. */
export const servingSpec = (over: Partial<SnapshotSpec> = {}): SnapshotSpec => ({
  ...trainingSpec(),
  pipeline: 'realtime-inference',
  steps: [
    {
      name: 'predict',
      inputs: { rows: { from: 'requests' }, model: { from: 'model', role: 'model' } },
      outputs: { answers: { type: 'json' } },
      parameters: {},
    },
  ],
  model: { action: 'serves', name: model, answers: { step: 'predict', output: 'answers' } },
  ...over,
})

export const storeSnapshot = async (call: Call, spec: SnapshotSpec = servingSpec()): Promise<string> =>
  (await call('createSnapshot', { project, body: spec })).id

/** A deployment with a caller that signs in as its service does. */
export type Deployed = {
  deployment: Deployment
  secret: string
  service: Call
  path: { project: string; deployment: string }
}

type Body = RouteInput<(typeof deploymentRoutes)['createDeployment']>['body']

/** Makes a deployment, of `staging` unless said otherwise. */
export async function deploy(
  { workspace, root }: TestWorkspace,
  { by = root, ...body }: Partial<Body> & { by?: Call } = {},
): Promise<Deployed> {
  const snapshotId = body.snapshotId ?? (await storeSnapshot(root))
  const { deployment, serviceSecret } = await by('createDeployment', {
    project,
    body: { name: 'cancer-api', stage: 'staging', ...body, snapshotId },
  })
  return {
    deployment,
    secret: serviceSecret,
    service: callAs(workspace.fetch, serviceSecret),
    path: { project, deployment: deployment.name },
  }
}

/** Trains these in a workspace, gives `staging` to the first, and deploys who holds it. */
export async function deployFirstOf(trained: readonly TrainedModel[], workspace: TestWorkspace): Promise<Deployed> {
  for (const each of trained) await runTraining(workspace.root, each)
  await toStaging(workspace.root, 1)
  return deploy(workspace)
}

/** What a service says that answers well. */
export const report = (over: Partial<ServiceReport> = {}): ServiceReport => ({
  url: 'http://127.0.0.1:8123',
  pid: 7,
  number: 1,
  digest: 'd'.repeat(64),
  challengerNumber: null,
  revision: null,
  fault: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  stopping: false,
  counts: { requests: 3, predictions: 3, refused: 0, failed: 0, logged: 3, logWaiting: 0, logLost: 0 },
  shadow: null,
  lastSwap: null,
  ...over,
})
