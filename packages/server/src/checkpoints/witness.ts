import {
  checkpointKey,
  EnvelopeError,
  readCheckpoint,
  type SignedCheckpoint,
  signCountersignature,
  verifyConsistency,
} from '@airlock-ml/bundle'
import type { TrustedKey } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { readSmall } from '../exchange/read-small.ts'
import { post } from '../outbox/post.ts'
import { currentSigner } from '../signing-keys/current.ts'
import { keysEverTrusted } from '../trust/store.ts'
import { countRefusedSince, insertRefused, insertWitnessed, witnessedRoots } from './store.ts'

/** Larger than any checkpoint that is right. */
const MAX_CHECKPOINT_BYTES = 64 * 1024
/** Refusals of one workspace's heads that are recorded in an hour, so that nobody fills the log through the exchange. */
const MAX_REFUSALS_AN_HOUR = 20
const HOUR_MS = 60 * 60_000

/**
 * Looks at the published checkpoints of every workspace whose key is trusted as a witness, and countersigns those that
 * continue what was seen before:
 *
 *     signed by a trusted key, consistent with the head it says it continues  → countersigned
 *     signed by a key that was retired here, continued by such a head         → countersigned
 *     not signed, or another history than the one seen                        → refused, recorded once per head
 *     continues a head that has not come yet                                  → left for later
 */
export async function witnessOthers(deps: Deps): Promise<void> {
  const keys = Map.groupBy(await keysEverTrusted(deps.db, 'witness'), ({ workspace }) => workspace)
  for (const [workspace, known] of keys) {
    const isWatched = known.some(({ removedAt }) => removedAt === null)
    if (isWatched && workspace !== deps.workspace.name) await witnessOne(deps, workspace, known)
  }
}

async function witnessOne(deps: Deps, workspace: string, known: readonly TrustedKey[]): Promise<void> {
  const roots = await witnessedRoots(deps.db, workspace)
  const last = Math.max(0, ...roots.keys())
  const sizes: number[] = []
  const folder = `checkpoints/${workspace}/`
  for await (const { key } of deps.exchange.list(folder)) {
    const size = Number(/^(\d{12,15})\.json$/.exec(key.slice(folder.length))?.[1] ?? Number.NaN)
    // The last one is looked at again and again: an owner who rewrites the log may sign the same size anew.
    if (Number.isSafeInteger(size) && (size === last || !roots.has(size))) sizes.push(size)
  }
  sizes.sort((a, b) => a - b)
  for (const [at, size] of sizes.entries()) {
    const key = checkpointKey(workspace, size)
    const bytes = await readSmall(deps.exchange, { key, maxBytes: MAX_CHECKPOINT_BYTES })
    if (bytes) await judge(deps, { workspace, key, bytes, known, roots, later: sizes.slice(at + 1) })
  }
}

type Published = {
  workspace: string
  key: string
  bytes: Uint8Array
  /** Every key of the workspace that was ever believed about it. */
  known: readonly TrustedKey[]
  /** What was countersigned so far; grows. */
  roots: Map<number, string>
  /** Sizes of the heads that lie behind it. */
  later: readonly number[]
}

async function judge(deps: Deps, published: Published): Promise<void> {
  const { workspace, bytes, known, roots } = published
  let head: SignedCheckpoint
  try {
    head = readCheckpoint(bytes, known)
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
    return refuse(deps, published, `It is not signed as it must be: ${error.message}.`)
  }
  const verdict = judgeHead(head, roots)
  if (verdict === 'seen') return
  const end = endOf(head, known)
  if (end !== null && !(await isContinued(deps, published, head))) return refuse(deps, published, end)
  if (verdict === 'later') return
  if (verdict !== 'continues') return refuse(deps, published, verdict)
  await countersign(deps, { workspace, head, bytes })
  roots.set(head.size, head.rootHash)
}

/** Why the key of a head does not count any more; null while it does. */
function endOf({ keyHint }: SignedCheckpoint, known: readonly TrustedKey[]): string | null {
  const { removedAt, retiredAt } = known.find((key) => key.keyHint === keyHint)!
  if (removedAt) return `The key ${keyHint} that signed it was removed at ${removedAt}.`
  return retiredAt && `The key ${keyHint} that signed it was retired at ${retiredAt}, and it was not seen before.`
}

/** Whether a key that counts vouches for a head whose own does not, by a later head that is shown to continue it. */
async function isContinued(deps: Deps, published: Published, head: SignedCheckpoint): Promise<boolean> {
  const { workspace, known, later } = published
  for (const [at, size] of later.entries()) {
    const key = checkpointKey(workspace, size)
    const bytes = await readSmall(deps.exchange, { key, maxBytes: MAX_CHECKPOINT_BYTES })
    const next = bytes && readOrNull(bytes, known)
    if (next?.previousSize !== head.size || !continues(head, next)) continue
    const isLast = endOf(next, known) === null
    return isLast || isContinued(deps, { ...published, later: later.slice(at + 1) }, next)
  }
  return false
}

const readOrNull = (bytes: Uint8Array, known: readonly TrustedKey[]): SignedCheckpoint | null => {
  try {
    return readCheckpoint(bytes, known)
  } catch {
    return null
  }
}

const continues = ({ size, rootHash }: Pick<SignedCheckpoint, 'size' | 'rootHash'>, next: SignedCheckpoint): boolean =>
  verifyConsistency(
    { size, root: Buffer.from(rootHash, 'hex') },
    { size: next.size, root: Buffer.from(next.rootHash, 'hex') },
    next.consistency.map((hash) => Buffer.from(hash, 'hex')),
  )

/** What to do with a head that its workspace signed; a sentence says why it is refused. */
function judgeHead(
  head: SignedCheckpoint,
  roots: ReadonlyMap<number, string>,
): 'continues' | 'seen' | 'later' | string {
  const known = roots.get(head.size)
  const last = Math.max(0, ...roots.keys())
  if (known === head.rootHash) return 'seen'
  if (known !== undefined)
    return `Another head of ${head.size} events was countersigned: the history was rewritten or forked.`
  if (head.size < last)
    return `It has ${head.size} events, but a head of ${last} was countersigned: the log was truncated or forked.`
  const previous = roots.get(head.previousSize)
  // Of a workspace that is seen for the first time, whatever comes first is where its history begins for us.
  if (roots.size === 0) return 'continues'
  if (previous === undefined)
    return head.previousSize > last
      ? 'later'
      : `It continues a head of ${head.previousSize} events that nobody countersigned, but one of ${last} was.`
  const { previousSize } = head
  if (!continues({ size: previousSize, rootHash: previous }, head))
    return `It does not continue the head of ${previousSize} events that was countersigned: the history was rewritten.`
  return previousSize < last
    ? `It passes over the head of ${last} events that was countersigned: the log was forked behind ${previousSize}.`
    : 'continues'
}

async function countersign(
  deps: Deps,
  { workspace, head, bytes }: { workspace: string; head: SignedCheckpoint; bytes: Uint8Array },
): Promise<void> {
  const at = deps.now().toISOString()
  const { size, rootHash, keyHint } = head
  const checkpoint: unknown = JSON.parse(Buffer.from(bytes).toString())
  const signer = await currentSigner(deps)
  const signed = await signCountersignature(
    { formatVersion: 1, witness: deps.workspace.name, workspace, size, rootHash, at, checkpoint },
    signer,
  )
  await transact(deps.db, async (tx) => {
    const envelope = Buffer.from(signed).toString()
    const row = { workspace, size, root_hash: rootHash, at, key_hint: keyHint, envelope }
    if (await insertWitnessed(tx, row))
      await post(tx, deps, { topic: 'checkpoint.countersignature', payload: { workspace, size } })
  })
  await crashPoint('witness:countersigned')
}

async function refuse(deps: Deps, { workspace, key, bytes }: Published, reason: string): Promise<void> {
  const digest = sha256Hex(bytes)
  const now = deps.now()
  await transact(deps.db, async (tx) => {
    const since = new Date(now.getTime() - HOUR_MS).toISOString()
    if ((await countRefusedSince(tx, workspace, since)) >= MAX_REFUSALS_AN_HOUR) return
    if (!(await insertRefused(tx, { workspace, digest, refused_at: now.toISOString() }))) return
    await record(tx, deps, {
      type: 'witness.refused',
      actor: systemActor('witness'),
      requestId: null,
      project: null,
      subject: { kind: 'checkpoint', id: key, digest },
      outcome: 'refused',
      after: { workspace },
      reason,
    })
  })
  await crashPoint('witness:refused')
}
