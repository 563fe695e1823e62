import { readFile } from 'node:fs/promises'
import { digestOf } from '@airlock-ml/bundle'
import {
  type Approval,
  type ArtifactRef,
  type BundleFile,
  type Evidence,
  LINEAGE_FILE,
  Lineage,
  MANIFEST_FILE,
  type ModelVersion,
  PlatformError,
  type Promotion,
  SIGNATURE_FILE,
} from '@airlock-ml/contract'
import { sha256Hex, someAtOnce } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { insertBlob } from '../artifacts/blob-store.ts'
import { blobKey } from '../artifacts/blobs.ts'
import { registerArtifact } from '../artifacts/register.ts'
import { record, systemActor } from '../audit/record.ts'
import { allDefinitions } from '../comparisons/definition-store.ts'
import { assertedOf, insertComparison } from '../comparisons/store.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { refsOfBundle } from '../lineage/refs.ts'
import { insertRefs, type VersionRef } from '../lineage/store.ts'
import type { Candidate } from '../marks/candidate.ts'
import { changeStage } from '../models/change-stage.ts'
import { registerVersion } from '../models/register.ts'
import { findVersion } from '../models/version-store.ts'
import { post } from '../outbox/post.ts'
import { type Admission, admit, demandPassed } from '../policies/admit.ts'
import { demandBundleKey, findExportProof } from './demand-bundle-key.ts'
import { existingPromotion } from './existing.ts'
import { beginImportRun, endImportRun, IMPORT_STEP } from './import-run.ts'
import { demandLease, type PromotionLease } from './lease.ts'
import { openStaged, type StagedBundle, stagedFile } from './open-staged.ts'
import { planOf, refuseReplay } from './plan.ts'
import { removeStagedBundle } from './staged-bundle.ts'
import { standingApprovals } from './standing-approvals.ts'
import { readCandidate, readEvidence, setState } from './store.ts'

const worker = { actor: systemActor('promotion-worker'), requestId: null }

/** A file of the bundle as it lies in the artifact store. */
type StoredFile = { path: string; digest: string; sizeBytes: number; artifact: BundleFile['artifact'] }

/**
 * `approved` → `completed`: first every byte of the verified copy goes into the artifact store, then one transaction
 * makes the version with all its provenance, unless it is here in another stage, gives it the stage, archives the one before, and writes history, audit and
 * receipt. What can change with time (trust, approvers, policy, holder) is asked again inside it; where the plan is no
 * longer the one that was approved, the promotion goes back to `requested` to be verified anew.
 */
export async function importBundle(deps: Deps, promotion: Promotion, lease: PromotionLease): Promise<void> {
  const bundle = await openStaged(deps, promotion)
  const refs = await readRefs(bundle, promotion.bundle.digest)
  const runId = await beginImportRun(deps, promotion, lease)
  await crashPoint('import:run-started')
  const files = await storeFiles(deps, bundle, promotion.bundle.digest)
  const exportProof = await findExportProof(deps, signedBy(promotion, await readEvidence(deps.db, promotion.id)))
  await transact(deps.db, (tx) => commit(tx, deps, { promotion, lease, exportProof, bundle, refs, files, runId }))
  await crashPoint('import:committed')
  await removeStagedBundle(deps, promotion.id)
}

/** The lineage that travelled, read before its blob is taken over; what it names leads to the version from now on. */
async function readRefs(bundle: StagedBundle, bundleDigest: string): Promise<VersionRef[]> {
  const bytes = await readFile(stagedFile(bundle, LINEAGE_FILE))
  return refsOfBundle(bundle.manifest, Lineage.parse(JSON.parse(bytes.toString())), bundleDigest)
}

async function storeFiles(deps: Deps, bundle: StagedBundle, bundleDigest: string): Promise<StoredFile[]> {
  const signature = await readFile(stagedFile(bundle, SIGNATURE_FILE))
  const manifestBytes = await readFile(stagedFile(bundle, MANIFEST_FILE))
  const stored: StoredFile[] = [
    ...bundle.manifest.files.map(({ path, sha256, sizeBytes, artifact }) => ({
      path,
      digest: sha256,
      sizeBytes,
      artifact,
    })),
    { path: SIGNATURE_FILE, digest: sha256Hex(signature), sizeBytes: signature.byteLength, artifact: null },
    { path: MANIFEST_FILE, digest: bundleDigest, sizeBytes: manifestBytes.byteLength, artifact: null },
  ]
  await someAtOnce(stored, async ({ path, digest }) => {
    await deps.artifacts.adopt(blobKey(digest), stagedFile(bundle, path))
    await crashPoint('import:blob-stored')
  })
  return stored
}

type Commit = {
  promotion: Promotion
  lease: PromotionLease
  exportProof: Uint8Array | null
  bundle: StagedBundle
  refs: VersionRef[]
  files: StoredFile[]
  runId: string
}

async function commit(tx: Tx, deps: Deps, { lease, exportProof, ...wanted }: Commit): Promise<void> {
  const { promotion, bundle, files, runId } = wanted
  const { id, project, model, stage } = promotion
  await demandLease(tx, deps, lease)
  const evidence = await readEvidence(tx, id)
  const candidate = await readCandidate(tx, id)
  const current = await existingPromotion(tx, project, id)
  if (current.state !== 'approved' || !candidate)
    throw new PlatformError('promotion_ended', `The promotion is ${current.state} now.`)
  // It may have been removed or retired while people decided.
  await demandBundleKey(tx, signedBy(promotion, evidence), exportProof)
  const entry = { project, model, stage, evidence, candidate, act: 'enter' as const }
  const admission = await admit(tx, deps, { ...entry, requester: current.requestedClaims })
  const plan = await planOf(tx, promotion, { bundleDigest: promotion.bundle.digest, admission })
  if (digestOf(plan) !== current.planDigest) return backToRequested(tx, deps, { promotion: current, runId })
  const approvals = standingApprovals(deps, current)
  if (approvals.length < admission.policy.spec.approvals.required)
    return backToApproval(tx, deps, { promotion: current, runId })
  await refuseReplay(tx, promotion, { digest: promotion.bundle.digest, manifest: bundle.manifest })
  demandPassed(admission, 'The bundle')
  const here = await findVersion(tx, { project, model }, { bundleDigest: promotion.bundle.digest })
  const version = here ?? (await registerImported(tx, deps, { ...wanted, evidence, candidate }))
  await giveStage(tx, deps, { promotion, version, admission, approvals })
  await endImportRun(tx, deps, runId, {
    status: 'completed',
    model: { number: version.number, digest: version.digest },
    metadata: { bundle: promotion.bundle, files: Object.fromEntries(files.map(({ path, digest }) => [path, digest])) },
  })
  await setState(tx, id, 'completed', {
    version_id: version.id,
    version_number: version.number,
    run_id: runId,
    gates: admission.gates,
    ended_at: deps.now().toISOString(),
  })
  await record(tx, deps, {
    ...worker,
    type: 'promotion.completed',
    project,
    subject: { kind: 'promotion', id, digest: promotion.bundle.digest },
    after: {
      model,
      stage,
      number: version.number,
      source: promotion.source,
      planDigest: current.planDigest,
      gates: admission.gates.map(({ name, verdict, values }) => ({ name, verdict, values })),
      approvals: approvals.map(({ by, keyFingerprint, signature }) => ({ by, keyFingerprint, signature })),
    },
  })
  await post(tx, deps, { topic: 'promotion.receipt', payload: { project, promotionId: id } })
}

async function registerImported(
  tx: Tx,
  deps: Deps,
  {
    promotion,
    bundle,
    refs,
    files,
    runId,
    evidence,
    candidate,
  }: Omit<Commit, 'lease' | 'exportProof'> & { evidence: Evidence; candidate: Candidate },
): Promise<ModelVersion> {
  const { project, model, id: promotionId } = promotion
  const { source, training, model: trained, evaluation } = bundle.manifest
  const createdAt = deps.now().toISOString()
  for (const { digest, sizeBytes } of files) await insertBlob(tx, project, { digest, sizeBytes, createdAt })
  const artifacts: Record<string, ArtifactRef> = {}
  for (const { artifact, digest } of files)
    if (artifact)
      artifacts[artifact.role] = await registerArtifact(tx, deps, {
        project,
        name: `import_model.${model}.${artifact.role}`,
        type: artifact.type,
        digest,
        metadata: { ...artifact.metadata, sourceArtifactId: artifact.id, sourceWorkspace: source.workspace },
        producedBy: { runId, step: IMPORT_STEP, output: artifact.role },
      })
  const version = await registerVersion(
    tx,
    deps,
    {
      project,
      model,
      digest: trained.digest,
      metrics: evidence.metrics!.value as Record<string, number>,
      parameters: trained.parameters,
      artifacts,
      lineage: candidate.lineage,
      commits: candidate.commits,
      evaluation,
      evidence,
      source: {
        workspace: source.workspace,
        project: source.project,
        model: source.model,
        number: source.number,
        runId: training.runId,
        pipeline: training.pipeline,
        snapshotDigest: training.snapshotDigest,
        commit: training.commit,
        dirty: training.dirty,
        trainedAt: training.endedAt,
        bundleDigest: promotion.bundle.digest,
        promotionId,
      },
    },
    { ...worker, onBehalfOf: promotion.requestedBy },
  )
  const registered = await allDefinitions(tx, project)
  for (const each of bundle.manifest.comparisons ?? [])
    await insertComparison(tx, assertedOf(each, { ...version, workspace: source.workspace, registered }))
  await insertRefs(tx, { project, versionId: version.id }, refs)
  return version
}

async function giveStage(
  tx: Tx,
  deps: Deps,
  {
    promotion,
    version,
    admission,
    approvals,
  }: { promotion: Promotion; version: ModelVersion; admission: Admission; approvals: Approval[] },
): Promise<void> {
  const approvers = approvals.map(({ by }) => by)
  const change = {
    version,
    stage: promotion.stage,
    act: 'import' as const,
    reason: approvers.length > 0 ? `approved by ${approvers.join(', ')}` : null,
    promotionId: promotion.id,
    policyVersion: admission.policy.version,
    onBehalfOf: promotion.requestedBy,
  }
  await changeStage(tx, deps, change, worker)
}

const signedBy = ({ bundle }: Promotion, evidence: Evidence) => ({
  digest: bundle.digest,
  keyHint: String(evidence.bundle?.value.key_hint),
})

async function backToRequested(
  tx: Tx,
  deps: Deps,
  { promotion, runId }: { promotion: Promotion; runId: string },
): Promise<void> {
  const error = { step: null, message: 'The policy or the holder of the stage changed after the plan was approved.' }
  await endImportRun(tx, deps, runId, { status: 'failed', error })
  await setState(tx, promotion.id, 'requested', { plan: null, plan_digest: null })
  await record(tx, deps, {
    ...worker,
    type: 'promotion.plan-changed',
    project: promotion.project,
    subject: { kind: 'promotion', id: promotion.id, digest: promotion.planDigest ?? promotion.bundle.digest },
    reason: error.message,
  })
}

async function backToApproval(
  tx: Tx,
  deps: Deps,
  { promotion, runId }: { promotion: Promotion; runId: string },
): Promise<void> {
  const error = {
    step: null,
    message: 'An approval ran out, or its giver was disabled or their decision key revoked, before the import.',
  }
  await endImportRun(tx, deps, runId, { status: 'failed', error })
  await setState(tx, promotion.id, 'awaiting_approval')
  await record(tx, deps, {
    ...worker,
    type: 'promotion.approvals-lapsed',
    project: promotion.project,
    subject: { kind: 'promotion', id: promotion.id, digest: promotion.planDigest ?? promotion.bundle.digest },
    reason: error.message,
  })
}
