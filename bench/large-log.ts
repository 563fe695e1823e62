import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  type Checkpoint,
  canonicalJson,
  createSigningKey,
  exportLine,
  Frontier,
  fileSigner,
  leafHash,
  signCheckpoint,
} from '@airlock-ml/bundle'

const HEAD_EVERY = 10_000
const workspace = 'enterprise-production'
const at = '2026-01-02T03:04:05.678Z'

/** Writes the export of a log of `events` approvals, with a signed head every 10,000. */
export async function writeLargeLog(file: string, events: number): Promise<{ publicKey: string }> {
  const signer = fileSigner(createSigningKey())
  const frontier = new Frontier()
  let previousSize = 0
  async function* lines() {
    const header = { workspace, publicKey: signer.publicKey, size: events, exportedAt: at }
    let text = exportLine.header({ formatVersion: 1, kind: 'airlock.audit-log', ...header })
    for (let sequence = 1; sequence <= events; sequence++) {
      const entry = Buffer.from(canonicalJson(approval(sequence)))
      const leaf = leafHash(entry)
      frontier.append(leaf)
      text += exportLine.event(entry.toString(), leaf.toString('hex'))
      if (sequence % HEAD_EVERY !== 0 && sequence !== events) continue
      const rootHash = frontier.root().toString('hex')
      const head: Checkpoint = {
        formatVersion: 1,
        workspace,
        size: sequence,
        rootHash,
        at,
        previousSize,
        consistency: [],
      }
      text += exportLine.checkpoint(Buffer.from(await signCheckpoint(head, signer)).toString())
      previousSize = sequence
      yield text
      text = ''
    }
  }
  await pipeline(lines, createWriteStream(file))
  return { publicKey: signer.publicKey }
}

const approval = (sequence: number) => ({
  sequence,
  id: `0198c0de-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  at,
  type: 'promotion.approved',
  actor: {
    identityId: '0198c0de-0000-7000-8000-000000000001',
    kind: 'user',
    name: 'ben',
    person: 'ben',
    apiKeyId: 'a1b2c3d4e5f6a7b8',
    signedInBy: 'api-key',
  },
  project: 'cancer-detection',
  subject: {
    kind: 'promotion',
    id: `0198c0de-1111-7000-8000-${String(sequence).padStart(12, '0')}`,
    digest: 'd'.repeat(64),
  },
  outcome: 'done',
  before: { state: 'awaiting_approval' },
  after: { state: 'approved', approvals: 1 },
  reason: 'The numbers hold.',
  requestId: `0198c0de-2222-7000-8000-${String(sequence).padStart(12, '0')}`,
})
