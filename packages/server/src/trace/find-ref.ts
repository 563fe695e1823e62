import {
  type ArtifactVersion,
  didYouMean,
  HeldStage,
  type ModelVersion,
  PlatformError,
  type Promotion,
  type Run,
  type TraceKind,
} from '@airlock-ml/contract'
import { findArtifact, findNewestWith } from '../artifacts/store.ts'
import type { Db } from '../db/db.ts'
import { type RefKind, versionsOn } from '../lineage/store.ts'
import { findModel, modelNames } from '../models/store.ts'
import { findVersion, findVersionsById } from '../models/version-store.ts'
import { findLatestOf, findPromotion } from '../promotions/store.ts'
import { showRun } from '../runs/show.ts'
import { findRun } from '../runs/store.ts'

/** What a reference names here. `versions`: the newest that stand on it, newest first. */
export type Found = {
  kind: TraceKind
  id: string
  versions: ModelVersion[]
  artifact?: ArtifactVersion
  run?: Run
  promotion?: Promotion
}

const MOST_VERSIONS = 50
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const sha256 = /^[0-9a-f]{64}$/
const commit = /^[0-9a-f]{40}$/
const versionName = /^([a-z0-9][a-z0-9_-]{0,62})(?:\/([a-z0-9]{1,10}))?$/

/**
 * Finds what a reference names, by one indexed look-up a kind. Its form says which kinds it can be, so that nothing else
 * than an id, a digest, a commit or a name ever reaches the database.
 * @throws PlatformError `trace_ref_not_found`, `stage_empty`
 */
export async function findRef(db: Db, project: string, ref: string): Promise<Found> {
  const found =
    (uuid.test(ref) && (await byId(db, project, ref))) ||
    (sha256.test(ref) && (await byDigest(db, project, ref))) ||
    (commit.test(ref) && (await byVersionRef(db, project, ref))) ||
    (versionName.test(ref) && (await byName(db, project, ref)))
  if (found) return found
  const hint = await meantName(db, project, ref)
  throw new PlatformError('trace_ref_not_found', `The project ${project} knows nothing called ${shown(ref)}.${hint}`, {
    ref: shown(ref),
  })
}

/** Of a reference to a version: which model was probably meant, or how far its numbers go. */
async function meantName(db: Db, project: string, ref: string): Promise<string> {
  const [, model] = versionName.exec(ref) ?? []
  if (model === undefined) return ''
  const newest = await findVersion(db, { project, model }, 'newest')
  if (newest) return ` Its newest version is ${newest.number}.`
  return ` Of the models: ${didYouMean(model, await modelNames(db, project))}`
}

/** Safe to print: what is no plain character, as a terminal's commands, is spelled out. */
const shown = (ref: string): string =>
  ref.slice(0, 100).replaceAll(/[^ -~]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

async function byId(db: Db, project: string, id: string): Promise<Found | null> {
  const artifact = await findArtifact(db, project, id)
  if (artifact) return ofArtifact(db, project, artifact)
  if (await findRun(db, project, id)) return ofRun(db, project, id)
  const promotion = await findPromotion(db, project, id)
  if (promotion) {
    const versions = await findVersionsById(db, project, promotion.version ? [promotion.version.id] : [])
    return { kind: 'promotion', id, versions, promotion }
  }
  const versions = await findVersionsById(db, project, [id])
  if (versions.length > 0) return { kind: 'version', id, versions }
  return byVersionRef(db, project, id)
}

async function byDigest(db: Db, project: string, digest: string): Promise<Found | null> {
  const known = await byVersionRef(db, project, digest)
  if (known?.kind === 'bundle') return known
  const promotion = await findLatestOf(db, project, digest)
  if (promotion) {
    return {
      kind: 'bundle',
      id: digest,
      versions: [],
      promotion: (await findPromotion(db, project, promotion.id))!,
    }
  }
  const artifact = await findNewestWith(db, project, digest)
  if (!artifact) return known
  const found = await ofArtifact(db, project, artifact)
  const ids = new Set([...found.versions, ...(known?.versions ?? [])].map((version) => version.id))
  return { ...found, id: digest, versions: await findVersionsById(db, project, [...ids].slice(0, MOST_VERSIONS)) }
}

async function ofArtifact(db: Db, project: string, artifact: ArtifactVersion): Promise<Found> {
  const runId = artifact.producedBy?.runId
  const made = runId ? await ofRun(db, project, runId) : undefined
  return {
    kind: 'artifact',
    id: artifact.id,
    versions: made?.versions ?? [],
    artifact,
    ...(made?.run && { run: made.run }),
  }
}

async function ofRun(db: Db, project: string, id: string): Promise<Found> {
  const run = await showRun(db, project, id)
  const { name, number } = run.model ?? {}
  const version = name && number ? await findVersion(db, { project, model: name }, { number }) : undefined
  return { kind: 'run', id, versions: version ? [version] : [], run }
}

/** What only the lineage of versions tells: ids and digests of the other workspace, snapshots, commits. */
async function byVersionRef(db: Db, project: string, ref: string): Promise<Found | null> {
  const refs = await versionsOn(db, { project, ref, limit: MOST_VERSIONS })
  const first = refs[0]
  if (!first) return null
  const kind: RefKind = refs.some((each) => each.kind === 'bundle') ? 'bundle' : first.kind
  const versions = await findVersionsById(db, project, [...new Set(refs.map(({ versionId }) => versionId))])
  return { kind, id: ref, versions }
}

async function byName(db: Db, project: string, ref: string): Promise<Found | null> {
  const [, model = '', which = 'production'] = versionName.exec(ref) ?? []
  if (!(await findModel(db, { project, model }))) return null
  const stage = HeldStage.safeParse(which)
  const number = /^[1-9][0-9]{0,8}$/.test(which) ? Number(which) : null
  if (!stage.success && number === null) return null
  const version = await findVersion(db, { project, model }, stage.success ? { stage: stage.data } : { number: number! })
  if (version) return { kind: 'version', id: version.id, versions: [version] }
  if (stage.success) throw new PlatformError('stage_empty', `No version of ${model} holds ${stage.data}.`, { model })
  return null
}
