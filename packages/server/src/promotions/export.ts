import { bundleDigestOf, canonicalJson, EXPORT_EVENT, packBundle } from '@airlock-ml/bundle'
import {
  type ArtifactType,
  type BundledComparison,
  type BundleFile,
  type Export,
  type HeldStage,
  type Json,
  LINEAGE_FILE,
  MANIFEST_VERSION,
  type Manifest,
  type ModelVersion,
  PlatformError,
  type Run,
  SNAPSHOT_FILE,
} from '@airlock-ml/contract'
import { type Body, bodyOf, sha256Hex, withStoreCodes } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { openBlob } from '../artifacts/blobs.ts'
import { artifactsOfRun } from '../artifacts/store.ts'
import { record } from '../audit/record.ts'
import { bundledOf, comparisonsOf } from '../comparisons/store.ts'
import { whyRecalled } from '../comparisons/why-recalled.ts'
import { fromJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { sourcesOf } from '../lineage/sources.ts'
import { computedBy, insertRefs } from '../lineage/store.ts'
import { candidateOf } from '../marks/candidate.ts'
import { demandUnmarked } from '../marks/demand-unmarked.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { existingVersion } from '../models/existing.ts'
import { readSpecBytes } from '../pipelines/store.ts'
import { lineageOf, parametersIn } from '../runs/lineage.ts'
import { showRun } from '../runs/show.ts'
import { currentSigner, isInForce } from '../signing-keys/current.ts'
import { exporting } from './export-attempts.ts'

type Wanted = { project: string; model: string; version: { number: number } | { stage: HeldStage } }
type PackedFile = BundleFile & { open: () => Promise<Body> }

const extensions: Record<ArtifactType, string> = {
  model: 'onnx',
  table: 'parquet',
  json: 'json',
  text: 'txt',
  bytes: 'bin',
}

/**
 * Writes a version to the exchange as a signed bundle. Nothing in it tells when it was exported: the same version, with
 * the same stages and comparisons behind it, always gives the same digest, and a bundle that is there already is not written again.
 * @throws PlatformError `model_version_not_found`, `stage_empty`, `export_not_possible`, `exchange_unreachable`,
 * `blob_damaged`, and those of `demandUnmarked`
 */
export async function exportVersion(deps: Deps, wanted: Wanted, by: RequestContext): Promise<Export> {
  const version = await existingVersion(deps.db, wanted, wanted.version)
  await demandUnmarked(deps.db, candidateOf(version))
  if (version.source.bundleDigest)
    throw new PlatformError(
      'export_not_possible',
      `${version.model} ${version.number} was imported from ${version.source.workspace}; export it there.`,
    )
  const run = await showRun(deps.db, version.project, version.source.runId)
  const files = await filesOf(deps, version, run)
  const manifest = await manifestOf(deps, { version, run, files })
  const signer = await currentSigner(deps)
  const codes = { unreachable: 'exchange_unreachable', full: 'exchange_unreachable' } as const
  const packed = await exporting(deps, bundleDigestOf(manifest), () =>
    withStoreCodes(deps.exchange, codes, () => packBundle({ manifest, files, signer, exchange: deps.exchange })),
  )
  const bundle = { uri: packed.uri, digest: packed.digest }
  const isRecorded = await transact(deps.db, async (tx) => {
    if (!(await isInForce(tx, signer))) return false
    // It may have been recalled or rejected while its bytes were written.
    await demandUnmarked(tx, candidateOf(version))
    await insertRefs(tx, { project: version.project, versionId: version.id }, [{ kind: 'bundle', ref: packed.digest }])
    await record(tx, deps, {
      type: EXPORT_EVENT,
      actor: by.actor,
      requestId: by.requestId,
      project: version.project,
      subject: { kind: 'model-version', id: `${version.model}/${version.number}`, digest: version.digest },
      after: bundle,
    })
    return true
  })
  // The key was rotated while the bytes were written: signed anew, or nobody would take it.
  if (!isRecorded) return exportVersion(deps, wanted, by)
  await crashPoint('export:recorded')
  const { model, number } = version
  return {
    bundle,
    model,
    number,
    workspace: deps.workspace.name,
    keyHint: signer.keyHint,
    files: packed.files,
    sizeBytes: packed.sizeBytes,
  }
}

async function filesOf(deps: Deps, version: ModelVersion, run: Run): Promise<PackedFile[]> {
  const { project } = version
  const snapshot = await readSpecBytes(deps.db, project, version.source.snapshotDigest)
  if (!snapshot)
    throw new PlatformError('export_not_possible', `The snapshot of ${version.model} ${version.number} is gone.`)
  const inMemory = (path: string, bytes: Uint8Array): PackedFile => ({
    path,
    sha256: sha256Hex(bytes),
    sizeBytes: bytes.byteLength,
    artifact: null,
    open: async () => bodyOf(bytes),
  })
  const said = await metadataIn(deps, run)
  const artifacts = Object.entries(version.artifacts).map(
    ([role, { id, type, digest, sizeBytes }]): PackedFile => ({
      path: `artifacts/${role}.${extensions[type]}`,
      sha256: digest,
      sizeBytes,
      artifact: { role, type, id, ...(said.get(id) && { metadata: said.get(id)! }) },
      open: () => openBlob(deps, { project, digest }),
    }),
  )
  const known = {
    parameters: parametersIn(snapshot),
    computedBy: await computedBy(deps.db, run.id),
    sources: await sourcesOf(deps.db, run.id),
  }
  const files = [
    ...artifacts,
    inMemory(SNAPSHOT_FILE, snapshot),
    inMemory(LINEAGE_FILE, canonicalJson(lineageOf(run, known))),
  ]
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What was said of the artifacts of a run, by their id, where anything was. */
async function metadataIn({ db }: Deps, { id }: Run): Promise<Map<string, Record<string, Json>>> {
  const made = await artifactsOfRun(db, id)
  return new Map(made.filter(({ metadata }) => metadata !== '{}').map(({ id, metadata }) => [id, fromJson(metadata)]))
}

async function manifestOf(
  deps: Deps,
  { version, run, files }: { version: ModelVersion; run: Run; files: PackedFile[] },
): Promise<Manifest> {
  const { source } = version
  const changes = (await changesOldestFirst(deps.db, version)).filter(({ number }) => number === version.number)
  const comparisons = await bundledComparisons(deps, version)
  return {
    formatVersion: MANIFEST_VERSION,
    source: {
      workspace: deps.workspace.name,
      project: version.project,
      model: version.model,
      number: version.number,
      versionId: version.id,
      registeredAt: version.createdAt,
      registeredBy: version.createdBy,
    },
    training: {
      runId: run.id,
      pipeline: source.pipeline,
      environment: run.environment,
      stack: run.stack!,
      startedBy: run.startedBy,
      startedAt: run.startedAt,
      endedAt: run.endedAt!,
      snapshotDigest: source.snapshotDigest,
      commit: source.commit,
      dirty: source.dirty,
    },
    model: { digest: version.digest, parameters: version.parameters, metrics: version.metrics },
    evaluation: version.evaluation,
    evidence: version.evidence,
    ...(comparisons.length > 0 && { comparisons }),
    promotionChain: changes.map(({ stage, at, by, policyVersion }) => ({
      workspace: deps.workspace.name,
      stage,
      at,
      by,
      policyVersion,
    })),
    files: files.map(({ open: _, ...file }) => file),
  }
}

/** What this workspace found of the version and still stands by. */
async function bundledComparisons({ db, workspace }: Deps, challenger: ModelVersion): Promise<BundledComparison[]> {
  const found = await comparisonsOf(db, { workspace: workspace.name, challenger })
  const reasons = await Promise.all(found.map((each) => whyRecalled(db, each)))
  return found.filter((_, at) => reasons[at] === null).map(bundledOf)
}
