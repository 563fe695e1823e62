import { readCheckpoint, type TrustedSigner } from '@airlock-ml/bundle'
import type { Finding, WorkspaceCheck } from '@airlock-ml/contract'
import { hashBody } from '@airlock-ml/stack'
import { allBlobs, deletedBlobs } from '../artifacts/blob-store.ts'
import { blobKey } from '../artifacts/blobs.ts'
import { checkTree } from '../audit/check.ts'
import { measureLog } from '../audit/store.ts'
import { checkEvidence } from '../audit/take-evidence.ts'
import { allCheckpoints } from '../checkpoints/store.ts'
import type { Deps } from '../deps.ts'
import { holdersAndLastChanges } from '../models/change-store.ts'
import { allVersions } from '../models/version-store.ts'
import { reapLostRuns } from '../runs/lease.ts'
import { listSigningKeys } from '../signing-keys/store.ts'
import { checkPromotions } from './check-promotions.ts'
import { findOrphans, isHarmless } from './orphans.ts'
import { changesWithoutEvent, trainedByRun } from './store.ts'

/**
 * Checks that database, artifact store and audit log agree: every referred blob is there and hashes to its digest,
 * stages, history, runs, promotions with their approvals, and events fit together. Reads every stored byte; changes nothing but marking runs
 * whose process died as `lost`.
 */
export async function checkWorkspace(deps: Deps): Promise<WorkspaceCheck> {
  await reapLostRuns(deps)
  const parts = [
    await checkBlobs(deps),
    await checkStages(deps),
    await checkVersions(deps),
    await checkPromotions(deps),
    await checkLog(deps),
    await checkOrphans(deps),
  ]
  const findings = parts.flatMap((part) => part.findings)
  return {
    consistent: findings.every(({ kind }) => isHarmless(kind)),
    findings,
    checked: Object.assign({}, ...parts.map((part) => part.checked)) as Record<string, number>,
  }
}

type Part = { findings: Finding[]; checked: Record<string, number> }

async function checkBlobs({ db, artifacts }: Deps): Promise<Part> {
  const findings: Finding[] = []
  const known = await allBlobs(db)
  for (const [digest, sizeBytes] of known) {
    const info = await artifacts.stat(blobKey(digest))
    if (!info)
      findings.push({
        kind: 'blob_missing',
        subject: digest,
        detail: 'The database refers to bytes that are not in the artifact store.',
      })
    else if (info.sizeBytes !== sizeBytes || (await hashBody(await artifacts.read(blobKey(digest)))).sha256 !== digest)
      findings.push({ kind: 'blob_damaged', subject: digest, detail: 'The stored bytes have another SHA-256.' })
  }
  return { findings, checked: { blobs: known.size } }
}

async function checkOrphans(deps: Deps): Promise<Part> {
  const orphans = await findOrphans(deps)
  return { findings: orphans.map(({ finding }) => finding), checked: {} }
}

async function checkStages({ db }: Deps): Promise<Part> {
  const { holders, changes } = await holdersAndLastChanges(db)
  const keyOf = (at: { project: string; model: string; stage: string }) => `${at.project}/${at.model}/${at.stage}`
  const last = new Map(changes.map((change) => [keyOf(change), change.number]))
  const holding = new Map(holders.map((holder) => [keyOf(holder), holder.number]))
  const findings: Finding[] = []
  for (const [key, number] of holding)
    if (last.get(key) !== number)
      findings.push({
        kind: 'stage_inconsistent',
        subject: key,
        detail: `Version ${number} holds it; by its history it is ${last.get(key) ?? 'nobody'}.`,
      })
  for (const [key, number] of last) {
    const elsewhere = [...holding].some(
      ([other, holder]) => other !== key && holder === number && samePlace(other, key),
    )
    if (!holding.has(key) && !elsewhere)
      findings.push({
        kind: 'history_inconsistent',
        subject: key,
        detail: `By its history version ${number} holds it, but nobody does.`,
      })
  }
  for (const { model, number, sequence } of await changesWithoutEvent(db))
    findings.push({
      kind: 'event_missing',
      subject: `${model}/${number}`,
      detail: `The change of stage ${sequence} has no audit event.`,
    })
  return { findings, checked: { stageChanges: changes.length } }
}

const samePlace = (a: string, b: string) => a.slice(0, a.lastIndexOf('/')) === b.slice(0, b.lastIndexOf('/'))

async function checkVersions({ db, workspace }: Deps): Promise<Part> {
  const versions = await allVersions(db)
  const deleted = await deletedBlobs(db)
  const runs = await trainedByRun(db)
  const findings: Finding[] = []
  const made = new Set<string>()
  for (const { project, model, number, artifacts } of versions)
    for (const [role, { digest }] of Object.entries(artifacts))
      if (deleted.has(`${project}/${digest}`))
        findings.push({
          kind: 'blob_missing',
          subject: `${model}/${number}`,
          detail: `Its ${role} was deleted: ${digest}.`,
        })
  for (const { model, number, source } of versions) {
    if (source.workspace !== workspace.name) continue
    made.add(source.runId)
    const run = runs.get(source.runId)
    if (run?.status !== 'completed')
      findings.push({
        kind: 'run_inconsistent',
        subject: `${model}/${number}`,
        detail: `Its run ${source.runId} is ${run?.status ?? 'missing'}.`,
      })
  }
  for (const run of runs.values())
    if (run.model_action === 'trains' && run.status === 'completed' && !made.has(run.id))
      findings.push({
        kind: 'run_inconsistent',
        subject: run.id,
        detail: 'The run completed but registered no version.',
      })
  const of = (action: string) => [...runs.values()].filter((run) => run.model_action === action).length
  return {
    findings,
    checked: { modelVersions: versions.length, trainingRuns: of('trains'), importRuns: of('imports') },
  }
}

async function checkLog({ db, workspace }: Deps): Promise<Part> {
  const { events } = await measureLog(db)
  const findings: Finding[] = []
  const heads = (await allCheckpoints(db)).map((row) => ({ size: Number(row.size), rootHash: row.root_hash, row }))
  const keys = (await listSigningKeys(db)).map((key) => ({ ...key, workspace: workspace.name }))
  for (const { size, rootHash, row } of heads) {
    const head = signedHead(row.envelope, keys)
    if (head?.size !== size || head.rootHash !== rootHash)
      findings.push({
        kind: 'log_inconsistent',
        subject: `checkpoint ${size}`,
        detail: 'Its signature is not over this head.',
      })
  }
  findings.push(...(await checkTree(db, heads)), ...(await checkEvidence(db)))
  return { findings, checked: { auditEvents: events } }
}

function signedHead(envelope: string, keys: readonly TrustedSigner[]) {
  try {
    return readCheckpoint(Buffer.from(envelope), keys)
  } catch {
    return undefined
  }
}
