import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from '@airlock-ml/contract'
import { ObjectStoreError } from '@airlock-ml/stack'
import { allBlobs } from '../artifacts/blob-store.ts'
import { blobKey, removeOrphan } from '../artifacts/blobs.ts'
import { fromJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import { type Executor, stateOf } from '../executor.ts'
import { allExports } from '../promotions/export-store.ts'
import { dropStaleLease, isHeld } from '../promotions/lease.ts'
import { leasesAndStates } from '../promotions/lease-store.ts'
import { listStaged } from '../promotions/staged-bundle.ts'
import { countUnderWay } from '../promotions/store.ts'
import { MIN_AGE_MS, type Orphan, spared } from './orphan.ts'
import { orphanedKeys } from './orphaned-keys.ts'

/** An export whose process cannot be seen to be dead is believed to live this long. */
const EXPORT_MS = 24 * 60 * 60_000

/** What only takes space: a crash between writing and recording leaves it, and it harms nothing. */
const harmless: readonly Finding['kind'][] = [
  'blob_orphaned',
  'upload_abandoned',
  'staging_abandoned',
  'export_abandoned',
  'lease_stale',
  'signing_key_abandoned',
  'exchange_unreachable',
]

export const isHarmless = (kind: Finding['kind']): boolean => harmless.includes(kind)

/** Everything that a kill may have left: in artifact store, staging folder and exchange, leases of the dead, and keys. */
export const findOrphans = async (deps: Deps): Promise<Orphan[]> => [
  ...(await blobs(deps)),
  ...(await uploads(deps)),
  ...(await staged(deps)),
  ...(await leases(deps)),
  ...(await exports(deps)),
  ...(await orphanedKeys(deps)),
]

async function blobs(deps: Deps): Promise<Orphan[]> {
  const { db, artifacts } = deps
  const known = await allBlobs(db)
  const isBusy = (await countUnderWay(db)) > 0
  const found: Orphan[] = []
  for await (const { key, sizeBytes } of artifacts.list('blobs/')) {
    const digest = key.split('/').at(-1)!
    if (known.has(digest)) continue
    const isOurs = key === blobKey(digest)
    const ageMs = isOurs ? await artifacts.ageMs(key) : null
    if (isOurs && ageMs === null) continue
    const why = !isOurs
      ? 'its name is no digest; look at it yourself'
      : ageMs! < MIN_AGE_MS
        ? 'it is young, and may be an upload in progress'
        : isBusy
          ? 'a promotion is under way'
          : null
    found.push({
      finding: {
        kind: 'blob_orphaned',
        subject: key,
        detail: spared('Nothing refers to these bytes.', why),
        sizeBytes,
      },
      isSpared: why !== null,
      remove: () => removeOrphan(deps, { digest, minAgeMs: MIN_AGE_MS }, async (tx) => (await countUnderWay(tx)) > 0),
    })
  }
  return found
}

async function uploads({ artifacts }: Deps): Promise<Orphan[]> {
  return (await artifacts.listAbandoned(0)).map(({ name, sizeBytes, ageMs }) => ({
    finding: {
      kind: 'upload_abandoned',
      subject: name,
      detail: spared(
        `A write that was begun holds ${sizeBytes} bytes.`,
        ageMs < MIN_AGE_MS ? 'it was touched within the hour' : null,
      ),
      sizeBytes,
    },
    isSpared: ageMs < MIN_AGE_MS,
    remove: () => artifacts.removeAbandoned(name, MIN_AGE_MS),
  }))
}

async function staged(deps: Deps): Promise<Orphan[]> {
  const promotions = new Map((await leasesAndStates(deps.db)).map((row) => [row.id, row]))
  const found: Orphan[] = []
  for (const { name, promotionId } of await listStaged(deps)) {
    const dir = join(deps.stagingDir, name)
    const row = promotionId === null ? undefined : promotions.get(promotionId)
    if (row && ['requested', 'awaiting_approval', 'approved'].includes(row.state)) continue
    const { sizeBytes, newestMs } = await measure(dir)
    const isYoung = row === undefined && Date.now() - newestMs < MIN_AGE_MS
    const why = row && isHeld(row, deps.now()) ? 'a worker is at it' : isYoung ? 'it was touched within the hour' : null
    const detail = row
      ? `The promotion is ${row.state}; its private copy of the bundle is still there.`
      : 'No promotion that is open uses it.'
    found.push({
      finding: { kind: 'staging_abandoned', subject: name, detail: spared(detail, why), sizeBytes },
      isSpared: why !== null,
      remove: async () => {
        await rm(dir, { recursive: true, force: true })
        return true
      },
    })
  }
  return found
}

async function measure(dir: string): Promise<{ sizeBytes: number; newestMs: number }> {
  const total = { sizeBytes: 0, newestMs: 0 }
  const names = await readdir(dir, { recursive: true }).catch(() => [])
  for (const name of ['', ...names]) {
    const found = await lstat(join(dir, name)).catch(() => undefined)
    if (found?.isFile()) total.sizeBytes += found.size
    total.newestMs = Math.max(total.newestMs, found?.mtimeMs ?? 0)
  }
  return total
}

async function leases(deps: Deps): Promise<Orphan[]> {
  const rows = await leasesAndStates(deps.db)
  return rows
    .filter((row) => row.lease_token !== null && !isHeld(row, deps.now()))
    .map(({ id, lease_expires_at: until }) => ({
      finding: { kind: 'lease_stale', subject: id, detail: `Its worker is gone; it ran until ${until}.`, sizeBytes: 0 },
      isSpared: false,
      remove: () => dropStaleLease(deps, id),
    }))
}

/** Attempts without a signature below the digests of bundles that were exported here; others are not ours to touch. */
async function exports(deps: Deps): Promise<Orphan[]> {
  const begun = Map.groupBy(await allExports(deps.db), (row) => row.bundle_digest)
  if (begun.size === 0) return []
  const attempts = new Map<string, { digest: string; keys: string[]; sizeBytes: number; isSigned: boolean }>()
  try {
    for await (const { key, sizeBytes } of deps.exchange.list('bundles/')) {
      const [, prefix, digest, path] = /^(bundles\/([0-9a-f]{64})\/attempt-[0-9]+)\/(.+)$/.exec(key) ?? []
      if (!prefix || !digest || !begun.has(digest)) continue
      const attempt = attempts.get(prefix) ?? { digest, keys: [], sizeBytes: 0, isSigned: false }
      attempt.keys.push(key)
      attempt.sizeBytes += sizeBytes
      attempt.isSigned ||= path === 'model.sig'
      attempts.set(prefix, attempt)
    }
  } catch (error) {
    if (!(error instanceof ObjectStoreError)) throw error
    return [unreachable(error)]
  }
  const found: Orphan[] = []
  for (const [prefix, { digest, keys, sizeBytes, isSigned }] of attempts) {
    if (isSigned) continue
    const isUnderWay = (rows: { executor: string; started_at: string; ended_at: string | null }[]) =>
      rows.some((row) => row.ended_at === null && mayLive(row, deps.now()))
    const why = isUnderWay(begun.get(digest)!) ? 'an export of it is under way' : null
    found.push({
      finding: {
        kind: 'export_abandoned',
        subject: prefix,
        detail: spared(`An export that was cut off left ${keys.length} files without a signature.`, why),
        sizeBytes,
      },
      isSpared: why !== null,
      remove: async () => {
        const now = await allExports(deps.db)
        if (isUnderWay(now.filter((row) => row.bundle_digest === digest))) return false
        if ((await deps.exchange.stat(`${prefix}/model.sig`)) !== null) return false
        for (const key of keys) await deps.exchange.delete(key)
        return true
      },
    })
  }
  return found
}

const unreachable = (error: ObjectStoreError): Orphan => ({
  finding: {
    kind: 'exchange_unreachable',
    subject: 'exchange',
    detail: `It was not looked at: ${error.reason}.`,
  },
  isSpared: true,
  remove: async () => false,
})

function mayLive({ executor, started_at }: { executor: string; started_at: string }, now: Date): boolean {
  if (stateOf(fromJson<Executor>(executor)) === 'dead') return false
  return now.getTime() - Date.parse(started_at) < EXPORT_MS
}
