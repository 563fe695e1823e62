import { decisionBytes } from '@airlock-ml/bundle'
import { type Zippable, zipSync } from 'fflate'
import { checkScript } from './check-script.ts'
import type { Collected, SignedDecision } from './collect.ts'
import { summaryOf } from './summary.ts'

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
const text = (value: string): Uint8Array => Buffer.from(value)
const placeOf = (sequence: number): string => String(sequence).padStart(12, '0')

/** The files of an evidence pack, by path. */
export function packFiles(collected: Collected): Map<string, Uint8Array> {
  const { trace, version, policy, decisions, bundleFiles, events, keys } = collected
  const files = new Map<string, Uint8Array>([
    ['SUMMARY.md', text(summaryOf(collected))],
    ['check.sh', text(checkScript)],
    ['version.json', json(version)],
    ['trace.json', json(trace)],
    ['stages.json', json(trace.stages)],
    ['metrics.json', json({ here: version.metrics, evidence: version.evidence })],
    ['keys/workspace.pem', text(keys.workspace)],
  ])
  if (keys.source !== null) files.set('keys/source.pem', text(keys.source))
  if (policy) files.set('policy.json', json(policy))
  if (trace.promotion) {
    files.set('promotion.json', json(trace.promotion))
    files.set('gates.json', json(trace.promotion.gates))
    files.set('approvals.json', json(trace.promotion.approvals))
    for (const [path, bytes] of decisionFiles(trace.workspace, trace.promotion.id, decisions)) files.set(path, bytes)
  }
  for (const [name, bytes] of bundleFiles) files.set(`bundle/${name}`, bytes)
  for (const { sequence, entry, leafHash, size, path, checkpoint, countersignatures } of events) {
    const place = `audit/${placeOf(sequence)}`
    files.set(`${place}.entry.json`, text(entry))
    files.set(
      `${place}.proof`,
      text(`${sequence - 1} ${size} ${leafHash}\n${path.map((hash) => `${hash}\n`).join('')}`),
    )
    files.set(`audit/checkpoint-${placeOf(size)}.json`, text(checkpoint))
    for (const { workspace, envelope } of countersignatures)
      files.set(`audit/countersignature-${placeOf(size)}-${workspace}.json`, text(envelope))
  }
  return files
}

/** Of each decision the bytes that were signed, the signature and the key. */
function decisionFiles(workspace: string, id: string, decisions: readonly SignedDecision[]): [string, Uint8Array][] {
  return decisions.flatMap(({ approval, publicKey }, i): [string, Uint8Array][] => {
    const { decision: verdict, planDigest: digest, by, reason, signature } = approval
    const name = `decisions/${String(i + 1).padStart(2, '0')}`
    return [
      [`${name}.json`, decisionBytes({ workspace, verdict, subject: { kind: 'promotion', id }, digest, by, reason })],
      [`${name}.sig`, text(`${signature}\n`)],
      [`${name}.pem`, text(publicKey)],
    ]
  })
}

/** A zip whose bytes depend on nothing but the files: no time of making, one order. */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {}
  for (const path of [...files.keys()].sort()) entries[path] = files.get(path)!
  // Zip knows local time only; this is its first moment wherever it is made.
  return zipSync(entries, { level: 6, mtime: new Date(1980, 0, 1) })
}
