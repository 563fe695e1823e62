import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelVersion, PlatformError, type RollbackVerification } from '@airlock-ml/contract'
import { hashBody, openLocalObjectStore } from '@airlock-ml/stack'
import { copyBlob, openBlob } from '../artifacts/blobs.ts'
import type { Deps } from '../deps.ts'
import type { ScoringTask } from '../scoring/scorer.ts'

/** What this workspace worked out itself comes out again to the bit; what was reported may have been rounded. */
const TOLERANCE = { recomputed: 1e-9, witnessed: 1e-3, asserted: 1e-3 } as const

/**
 * Whether a version is fit to go back to: every artifact is there with its digest, the graph is safe to load, and its
 * golden rows, the evaluation table it was admitted on, give the metrics that were recorded.
 * @throws PlatformError `blob_not_found`, `blob_damaged`, `model_invalid`, `scoring_failed`,
 * `rollback_target_unsound`
 */
export async function verifyTarget(deps: Deps, version: ModelVersion): Promise<RollbackVerification> {
  const { project, artifacts, source } = version
  const { model, evaluation, ...others } = artifacts
  if (!model || !evaluation) throw unsound(version, 'it has no model or no evaluation table to score it on')
  for (const { digest } of Object.values(others)) await checkBlob(deps, { project, digest })
  const metrics = await scoreCopy(deps, {
    project,
    digests: { model: version.digest, evaluation: evaluation.digest },
    spec: version.evaluation,
    isForeign: source.bundleDigest !== null,
  })
  return {
    artifacts: Object.keys(artifacts).length,
    sizeBytes: Object.values(artifacts).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    metrics,
    compared: compare(version, metrics),
  }
}

/** Scores a private copy: what was checked is what is scored. */
async function scoreCopy(
  deps: Deps,
  wanted: Pick<ScoringTask, 'spec' | 'isForeign'> & {
    project: string
    digests: { model: string; evaluation: string }
  },
): Promise<Record<string, number>> {
  const { project, digests, ...task } = wanted
  const dir = join(deps.stagingDir, `target-${randomUUID()}`)
  const scorer = deps.scorers.take()
  try {
    const store = await openLocalObjectStore(dir, { create: true })
    for (const [name, digest] of Object.entries(digests)) await copyBlob(deps, { project, digest }, { store, name })
    const files = { modelFile: join(dir, 'model'), evaluationFile: join(dir, 'evaluation') }
    return (await scorer.score({ ...task, ...files })).metrics
  } finally {
    deps.scorers.giveBack(scorer)
    await rm(dir, { recursive: true, force: true })
  }
}

async function checkBlob(deps: Deps, where: { project: string; digest: string }): Promise<void> {
  const { sha256 } = await hashBody(await openBlob(deps, where))
  if (sha256 !== where.digest)
    throw new PlatformError('blob_damaged', `The bytes stored as ${where.digest} have another SHA-256.`)
}

function compare(version: ModelVersion, scored: Record<string, number>): string[] {
  const tolerance = TOLERANCE[version.evidence.metrics?.grade ?? 'asserted']
  const shared = Object.keys(scored).filter((name) => Object.hasOwn(version.metrics, name))
  for (const name of shared) {
    const recorded = version.metrics[name]!
    if (Math.abs(scored[name]! - recorded) <= tolerance) continue
    throw unsound(version, `its golden rows give ${name} ${scored[name]}, and ${recorded} was recorded`, {
      metric: name,
      scored: scored[name]!,
      recorded,
    })
  }
  return shared
}

const unsound = ({ model, number }: ModelVersion, why: string, details: Record<string, string | number> = {}) =>
  new PlatformError('rollback_target_unsound', `${model} ${number} is not fit to go back to: ${why}.`, details)
