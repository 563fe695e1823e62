import { randomBytes } from 'node:crypto'
import {
  type ArtifactRef,
  type HeldStage,
  type ModelVersion,
  PlatformError,
  type Run,
  type SnapshotSpec,
} from '@airlock-ml/contract'
import { findStack } from '../stacks/store.ts'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { Executor } from '../executor.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingVersion } from '../models/existing.ts'
import { findSnapshot } from '../pipelines/store.ts'
import { existingRun, leaseEnd } from './lease.ts'
import { insertRun, type RunRow, summaryOf } from './store.ts'

/** What a caller asks for. */
export type WantedRun = {
  project: string
  snapshotId: string
  labels: Record<string, string>
  executor?: Executor | undefined
  version?: { stage: HeldStage } | { number: number } | undefined
  retryOf?: string | undefined
}

type Started = { run: Run; lease: { token: string; expiresAt: string }; modelArtifacts: Record<string, ArtifactRef> }

/**
 * Starts a run of a snapshot, under a lease. A run that consumes a model is pinned here to one version, by default to
 * the holder of `production` in that environment and of `staging` elsewhere: a change of stage in its middle does not
 * reach it.
 * A run that retries another is pinned to the version that other one was pinned to.
 * @throws PlatformError `snapshot_not_found`, `model_not_found`, `model_version_not_found`, `stage_empty`,
 *   `run_not_found`, `run_not_retryable`
 */
export async function startRun(tx: Tx, deps: Deps, wanted: WantedRun, by: RequestContext): Promise<Started> {
  const { project } = wanted
  const snapshot = await findSnapshot(tx, project, { id: wanted.snapshotId })
  if (!snapshot)
    throw new PlatformError('snapshot_not_found', `The project ${project} has no snapshot ${wanted.snapshotId}.`)
  const { spec } = snapshot
  const before = wanted.retryOf ? await retriedRun(tx, wanted, snapshot.id) : null
  const version = before?.model_number ? { number: before.model_number } : wanted.version
  const pinned = await pinVersion(tx, project, spec, version)
  const row: RunRow = {
    id: deps.newId(),
    project,
    pipeline: spec.pipeline,
    snapshot_id: snapshot.id,
    snapshot_digest: snapshot.digest,
    environment: spec.environment,
    stack: spec.stack,
    // The platform's labels win: cost is summed by them.
    labels: toJson({ ...wanted.labels, ...(await findStack(tx, project, spec.stack))?.labels }),
    status: 'running',
    // A job that proved by a token which workflow it is holds an identity that its author cannot hold.
    grade: by.isFederated ? 'witnessed' : 'asserted',
    model_action: spec.model?.action ?? null,
    model_name: spec.model?.name ?? null,
    model_number: pinned?.number ?? null,
    model_digest: pinned?.digest ?? null,
    started_by: by.actor.name,
    started_at: deps.now().toISOString(),
    ended_at: null,
    error: null,
    metadata: toJson({}),
    hooks: toJson([]),
    lease_token: randomBytes(24).toString('base64url'),
    lease_expires_at: leaseEnd(deps),
    executor: wanted.executor ? toJson(wanted.executor) : null,
    retry_of: wanted.retryOf ?? null,
    cancel_request: null,
  }
  await insertRun(tx, row)
  await record(tx, deps, {
    type: 'run.started',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'run', id: row.id },
    after: {
      pipeline: row.pipeline,
      snapshotDigest: snapshot.digest,
      environment: row.environment,
      version: row.model_number,
      ...(row.retry_of !== null && { retryOf: row.retry_of }),
    },
  })
  return {
    run: { ...summaryOf(row), steps: [], metadata: {}, hooks: [] },
    lease: { token: row.lease_token, expiresAt: row.lease_expires_at },
    modelArtifacts: pinned?.artifacts ?? {},
  }
}

/** The run to retry: it ended badly, and was of the same snapshot. */
async function retriedRun(tx: Tx, { project, retryOf }: WantedRun, snapshotId: string): Promise<RunRow> {
  const before = await existingRun(tx, project, retryOf!)
  if (before.status === 'running' || before.status === 'completed')
    throw new PlatformError('run_not_retryable', `Run ${before.id} is ${before.status}; only one that ended badly is.`)
  if (before.snapshot_id !== snapshotId)
    throw new PlatformError('run_not_retryable', `Run ${before.id} is of another snapshot: ${before.snapshot_id}.`)
  return before
}

async function pinVersion(
  tx: Tx,
  project: string,
  { model, environment, steps }: SnapshotSpec,
  version: WantedRun['version'],
): Promise<ModelVersion | null> {
  if (model?.action !== 'consumes') return null
  const by = version ?? { stage: environment === 'production' ? ('production' as const) : ('staging' as const) }
  const pinned = await existingVersion(tx, { project, model: model.name }, by)
  for (const step of steps)
    for (const source of Object.values(step.inputs).flatMap((each) => (each.from === 'list' ? each.items : [each])))
      if (source.from === 'model' && !pinned.artifacts[source.role])
        throw new PlatformError(
          'model_version_not_found',
          `${model.name} ${pinned.number} has no artifact ${source.role}, which ${step.name} reads.`,
          {
            roles: Object.keys(pinned.artifacts),
          },
        )
  return pinned
}
