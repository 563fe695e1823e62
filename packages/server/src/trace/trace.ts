import {
  LINEAGE_FILE,
  Lineage,
  MANIFEST_FILE,
  Manifest,
  type ModelVersion,
  PlatformError,
  SNAPSHOT_FILE,
  type Trace,
  type TraceRun,
} from '@airlock-ml/contract'
import { readBlob } from '../artifacts/blobs.ts'
import type { Deps } from '../deps.ts'
import { sourcesOf } from '../lineage/sources.ts'
import { computedBy } from '../lineage/store.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { readSpecBytes } from '../pipelines/store.ts'
import { findPolicy } from '../policies/store.ts'
import { findPromotion } from '../promotions/store.ts'
import { showRun } from '../runs/show.ts'
import { type Found, findRef } from './find-ref.ts'
import { dataOf, traceOfBundle, traceOfRun } from './trace-run.ts'

type Origin = Pick<Trace, 'training' | 'bundle'>

/**
 * Walks from whatever a reference names back to data, code and commit. For an imported version it reads only what
 * travelled in its bundle and is stored here, each file checked against its digest: the other workspace may be gone.
 * @throws PlatformError `trace_ref_not_found`, `stage_empty`, `blob_damaged`
 */
export async function trace(deps: Deps, { project, ref }: { project: string; ref: string }): Promise<Trace> {
  const { db, workspace } = deps
  const found = await findRef(db, project, ref)
  const version = found.versions[0] ?? null
  const { stages, policy } = await stagesOf(deps, version)
  const promotionId = stages.findLast((change) => change.promotionId !== null)?.promotionId
  const promotion = found.promotion ?? (promotionId ? ((await findPromotion(db, project, promotionId)) ?? null) : null)
  const { training, bundle } = version ? await originOf(deps, version) : { training: null, bundle: null }
  const asked = found.run && found.run.id !== training?.id ? await runOf(deps, found.run) : null
  return {
    ref: { text: ref, kind: found.kind, id: found.id },
    workspace: workspace.name,
    project,
    version: version && shownOf(version),
    stages,
    policy,
    promotion,
    bundle: bundle ?? (promotion && { ...promotion.bundle, keyHint: null, files: [] }),
    training,
    run: asked,
    artifact: artifactOf(found, [training, asked]),
    data: dataOf(training ?? asked),
    versions: found.versions.map(({ model, number, stage }) => ({ model, number, stage })),
  }
}

const shownOf = (version: ModelVersion): NonNullable<Trace['version']> => {
  const { id, model, number, stage, digest, metrics, createdAt, createdBy, source } = version
  return { id, model, number, stage, digest, metrics, registeredAt: createdAt, registeredBy: createdBy, source }
}

async function stagesOf({ db }: Deps, version: ModelVersion | null): Promise<Pick<Trace, 'stages' | 'policy'>> {
  if (!version) return { stages: [], policy: null }
  const stages = (await changesOldestFirst(db, version)).filter(({ number }) => number === version.number)
  const last = stages.at(-1)
  if (!last) return { stages, policy: null }
  const { stage, policyVersion } = last
  const policy = await findPolicy(db, { project: version.project, stage, version: policyVersion })
  return { stages, policy: policy ? { name: policy.name, stage, version: policyVersion, digest: policy.digest } : null }
}

async function runOf({ db, workspace }: Deps, run: NonNullable<Found['run']>): Promise<TraceRun> {
  const spec = run.snapshotDigest ? ((await readSpecBytes(db, run.project, run.snapshotDigest)) ?? null) : null
  const known = { computedBy: await computedBy(db, run.id), sources: await sourcesOf(db, run.id) }
  return traceOfRun(run, { workspace: workspace.name, spec, ...known })
}

async function originOf(deps: Deps, version: ModelVersion): Promise<Origin> {
  const { project, source, evidence } = version
  if (source.bundleDigest === null)
    return { training: await runOf(deps, await showRun(deps.db, project, source.runId)), bundle: null }
  const promotion = source.promotionId ? await findPromotion(deps.db, project, source.promotionId) : undefined
  const files = await filesOf(deps, project, promotion?.runId)
  const read = async (path: string) => {
    const digest = files[path]
    if (digest) return readBlob(deps, { project, digest })
    throw new PlatformError('blob_not_found', `The import of ${version.model} ${version.number} kept no ${path}.`)
  }
  const manifest = Manifest.parse(parsed(await read(MANIFEST_FILE)))
  const lineage = Lineage.parse(parsed(await read(LINEAGE_FILE)))
  const keyHint = evidence.bundle?.value.key_hint
  return {
    training: traceOfBundle(manifest, await read(SNAPSHOT_FILE), lineage),
    bundle: {
      digest: source.bundleDigest,
      uri: promotion?.bundle.uri ?? '',
      keyHint: typeof keyHint === 'string' ? keyHint : null,
      files: manifest.files,
    },
  }
}

const parsed = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

/** The files of an import by their path in the bundle, as its run recorded them. */
async function filesOf(
  { db }: Deps,
  project: string,
  runId: string | null | undefined,
): Promise<Record<string, string>> {
  if (!runId) return {}
  const { metadata } = await showRun(db, project, runId)
  return (metadata.files ?? {}) as Record<string, string>
}

/** The artifact that was asked for; one that did not travel is known from the lineage alone. */
function artifactOf({ kind, id, artifact }: Found, runs: readonly (TraceRun | null)[]): Trace['artifact'] {
  if (kind !== 'artifact') return null
  const steps = runs.flatMap((run) => (run?.steps ?? []).map((step) => ({ runId: run?.id ?? null, step })))
  const wanted = [id, artifact?.id, artifact?.digest]
  for (const { runId, step } of steps)
    for (const made of [...Object.values(step.outputs), ...Object.values(step.inputs)])
      if (wanted.includes(made.id) || wanted.includes(made.digest))
        return { ...made, runId, name: artifact?.name ?? null }
  if (!artifact) return null
  const { digest, type, sizeBytes, producedBy, name } = artifact
  const from = producedBy && { step: producedBy.step, output: producedBy.output }
  return { id: artifact.id, digest, type, sizeBytes, from, runId: producedBy?.runId ?? null, name }
}
