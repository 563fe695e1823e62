import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PolicySpec, Role, Run, SnapshotSpec } from '@airlock-ml/contract'
import { createWorkspace, openWorkspace, type ScoringLimits, type Workspace } from '../src/index.ts'
import { type Call, callAs } from './call.ts'
import type { TrainedModel } from './trained-model.ts'

export const project = 'cancer-detection'
export const model = 'breast_cancer_classifier'

/** One workspace under test, with a caller for each of its people. */
export type TestWorkspace = {
  dir: string
  workspace: Workspace
  /** The platform-admin `root`. */
  root: Call
  /** Anyone else; made at the first call with these roles. */
  as: (name: string, ...roles: Role[]) => Promise<Call>
  keyOf: (identity: string) => Promise<string>
}

export type TwoWorkspaces = {
  dir: string
  exchange: string
  dev: TestWorkspace
  production: TestWorkspace
  close: () => Promise<void>
}

export const passing: PolicySpec['gates'] = [
  {
    name: 'accuracy',
    expression: 'metrics.accuracy >= 0.9',
    grade: 'asserted',
    message: 'Accuracy is below 0.9.',
    remedy: 'Train a better model.',
  },
]

/** A development and a production workspace that meet in an exchange, in a temporary folder. */
export async function twoWorkspaces({
  approvals = 1,
  fourEyes = false,
  now,
  scoring = {},
}: {
  approvals?: number
  /** Whether production is born with four eyes. */
  fourEyes?: boolean
  now?: () => Date
  /** Limits of production, where they matter. */
  scoring?: Partial<ScoringLimits>
} = {}): Promise<TwoWorkspaces> {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-server-'))
  const exchange = join(dir, 'exchange')
  await mkdir(exchange)
  const dev = await open(join(dir, 'dev'), { name: 'enterprise-dev-staging', exchange, now })
  const production = await open(join(dir, 'production'), {
    name: 'enterprise-production',
    exchange,
    now,
    fourEyes,
    scoring,
  })
  for (const { root } of [dev, production])
    await root('putStack', {
      project,
      stack: 'test-stack',
      body: { components: [{ type: 'orchestrator', flavor: 'local' }] },
    })
  await dev.root('applyPolicy', { project, body: { name: 'staging', stage: 'staging', gates: passing } })
  await production.root('applyPolicy', {
    project,
    body: {
      name: 'production',
      stage: 'production',
      gates: passing.map((gate) => ({ ...gate, grade: 'recomputed' as const })),
      approvals: { required: approvals },
    },
  })
  const { publicKey } = await dev.root('showWorkspace', {})
  await production.root('addTrustedKey', { body: { workspace: 'enterprise-dev-staging', publicKey } })
  const both: TwoWorkspaces = { dir, exchange, dev, production, close: () => closeBoth(both) }
  return both
}

/** Closes both as they are now, and removes them. */
export async function closeBoth({ dir, dev, production }: TwoWorkspaces): Promise<void> {
  await dev.workspace.close()
  await production.workspace.close()
  await rm(dir, { recursive: true })
}

async function open(
  dir: string,
  {
    name,
    exchange,
    now,
    fourEyes = false,
    scoring = {},
  }: {
    name: string
    exchange: string
    now: (() => Date) | undefined
    fourEyes?: boolean
    scoring?: Partial<ScoringLimits>
  },
): Promise<TestWorkspace> {
  const clock = now && { now }
  const { apiKey } = await createWorkspace({ dir, name, project, admin: 'root', fourEyes, ...clock })
  const workspace = await openWorkspace({ dir, exchange, scoring, ...clock })
  const root = callAs(workspace.fetch, apiKey)
  const keyOf = async (identity: string) => (await root('createApiKey', { body: { identity, expiresAt: null } })).secret
  return {
    dir,
    workspace,
    root,
    keyOf,
    as: async (user, ...roles) => {
      await root('createUser', { body: { name: user, roles: roles.map((role) => ({ project, role })) } })
      return callAs(workspace.fetch, await keyOf(user))
    },
  }
}

/** A compiled pipeline of one step that trains. */
export const trainingSpec = (parameters: SnapshotSpec['parameters'] = {}): SnapshotSpec => ({
  formatVersion: 1,
  pipeline: 'training',
  environment: 'staging',
  stack: 'test-stack',
  parameters,
  steps: [
    {
      name: 'train',
      inputs: {},
      outputs: { model: { type: 'model' }, evaluation: { type: 'table' }, metrics: { type: 'json' } },
      parameters,
    },
  ],
  model: {
    action: 'trains',
    name: model,
    artifacts: {
      model: { step: 'train', output: 'model' },
      evaluation: { step: 'train', output: 'evaluation' },
      metrics: { step: 'train', output: 'metrics' },
    },
    evaluation: { target: 'diagnosis', positive: 'malignant' },
  },
  code: { digest: 'c'.repeat(64), commit: 'a'.repeat(40), dirty: false },
  hooks: { success: [], failure: [] },
})

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export async function upload(call: Call, bytes: Uint8Array): Promise<string> {
  const digest = sha256(bytes)
  await call('putBlob', { project, sha256: digest, body: bytes })
  return digest
}

/** Runs the training pipeline as an orchestrator would, and returns the completed run. */
export async function runTraining(
  call: Call,
  trained: TrainedModel,
  parameters: SnapshotSpec['parameters'] = {},
): Promise<Run> {
  const snapshot = await call('createSnapshot', { project, body: trainingSpec(parameters) })
  const { run, lease } = await call('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id }
  const leaseToken = lease.token
  await call('startStep', { ...held, step: 'train', body: { leaseToken } })
  const outputs = {
    model: { type: 'model' as const, digest: await upload(call, trained.onnx) },
    evaluation: { type: 'table' as const, digest: await upload(call, trained.evaluation) },
    metrics: { type: 'json' as const, digest: await upload(call, Buffer.from(JSON.stringify(trained.metrics))) },
  }
  await call('completeStep', { ...held, step: 'train', body: { leaseToken, outputs } })
  return call('completeRun', { ...held, body: { leaseToken } })
}

/** Gives `staging` to a version. */
export const toStaging = (call: Call, number: number) =>
  call('promoteModelVersion', { project, model, body: { stage: 'staging', number } })

/** Trains a version, gives it `staging` and exports it. */
export async function stageAndExport(call: Call, trained: TrainedModel, parameters: SnapshotSpec['parameters'] = {}) {
  const run = await runTraining(call, trained, parameters)
  const number = run.model!.number!
  await toStaging(call, number)
  const exported = await call('exportModelVersion', { project, model, body: { number } })
  return { number, bundle: exported.bundle }
}
