import { randomBytes } from 'node:crypto'
import {
  type ArtifactRef,
  type Grade,
  type HeldStage,
  PlatformError,
  type Run,
  reachesGrade,
} from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { Executor } from '../executor.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findSnapshot } from '../pipelines/store.ts'
import { findStack } from '../stacks/store.ts'
import { existingRun, leaseEnd } from './lease.ts'
import { pinVersions } from './pin-versions.ts'
import { insertRun, type RunRow, summaryOf } from './store.ts'

/** What a caller asks for. */
export type WantedRun = {
  project: string
  snapshotId: string
  labels: Record<string, string>
  executor?: Executor | undefined
  version?: { stage: HeldStage } | { number: number } | undefined
  champion?: { stage: HeldStage } | { number: number } | undefined
  retryOf?: string | undefined
}

type Started = { run: Run; lease: { token: string; expiresAt: string }; modelArtifacts: Record<string, ArtifactRef> }

/**
 * Starts a run of a snapshot, under a lease. A run that consumes or compares versions is pinned to them here.
 * A run that retries another is pinned to the version that other one was pinned to.
 * @throws PlatformError `snapshot_not_found`, `pipeline_is_served`, `run_not_found`, `run_not_retryable`, those of `pinVersions`
 */
export async function startRun(tx: Tx, deps: Deps, wanted: WantedRun, by: RequestContext): Promise<Started> {
  const { project } = wanted
  const snapshot = await findSnapshot(tx, project, { id: wanted.snapshotId })
  if (!snapshot)
    throw new PlatformError('snapshot_not_found', `The project ${project} has no snapshot ${wanted.snapshotId}.`)
  const { spec } = snapshot
  if (spec.model?.action === 'serves')
    throw new PlatformError('pipeline_is_served', `${spec.pipeline} answers requests.`, { pipeline: spec.pipeline })
  // A job that proved by a token which workflow it is holds an identity that its author cannot hold.
  const grade = by.isFederated ? 'witnessed' : 'asserted'
  const before = wanted.retryOf ? await retriedRun(tx, wanted, { snapshotId: snapshot.id, grade }) : null
  const again = (number: number | null | undefined) => (number ? { number } : undefined)
  const { version: pinned, champion } = await pinVersions(
    tx,
    { project, spec },
    {
      version: again(before?.model_number) ?? wanted.version,
      champion: again(before?.champion_number) ?? wanted.champion,
    },
  )
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
    grade,
    model_action: spec.model?.action ?? null,
    model_name: spec.model?.name ?? null,
    model_number: pinned?.number ?? null,
    model_digest: pinned?.digest ?? null,
    champion_number: champion?.number ?? null,
    champion_digest: champion?.digest ?? null,
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
      ...(champion && { champion: champion.number }),
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
async function retriedRun(
  tx: Tx,
  { project, retryOf }: WantedRun,
  { snapshotId, grade }: { snapshotId: string; grade: Grade },
): Promise<RunRow> {
  const before = await existingRun(tx, project, retryOf!)
  if (before.status === 'running' || before.status === 'completed')
    throw new PlatformError('run_not_retryable', `Run ${before.id} is ${before.status}; only one that ended badly is.`)
  // Nobody's word becomes better by being copied.
  if (!reachesGrade(before.grade, grade))
    throw new PlatformError('run_not_retryable', `Run ${before.id} is ${before.grade} only, and this one ${grade}.`)
  if (before.snapshot_id !== snapshotId)
    throw new PlatformError('run_not_retryable', `Run ${before.id} is of another snapshot: ${before.snapshot_id}.`)
  return before
}
