import { canonicalJson } from '../canonical-json.ts'
import { createSigningKey, fileSigner, type Signer } from '../signing.ts'
import { type Checkpoint, signCheckpoint } from './checkpoint.ts'
import { signCountersignature } from './countersignature.ts'
import { exportLine } from './export-lines.ts'
import { Frontier } from './frontier.ts'
import { leafHash } from './merkle.ts'

export const at = '2026-01-02T03:04:05.678Z'
export const own: Signer = fileSigner(createSigningKey())
export const witness: Signer = fileSigner(createSigningKey())

/** The line of an event, with its true hash. */
export const eventLine = (sequence: number, reason = `number ${sequence}`, other: object = {}): string => {
  const event = { type: 'thing.done', reason, subject: { id: 'ü' }, ...other, sequence }
  const entry = Buffer.from(canonicalJson(event))
  return exportLine.event(entry.toString(), leafHash(entry).toString('hex'))
}

export type SampleLog = {
  /** The lines of an export, with a checkpoint at each of the sizes. */
  lines: string[]
  /** The checkpoint and the countersignature at a size, as they lie in the exchange. */
  heads: Map<number, { checkpoint: Uint8Array; countersignature: Uint8Array }>
}

/** The export of a log of `size` events, with checkpoints and countersignatures at `heads`. */
export async function sampleLog(
  size: number,
  heads: number[],
  { reasonOf, entryOf }: { reasonOf?: (at: number) => string; entryOf?: (at: number) => object } = {},
): Promise<SampleLog> {
  const frontier = new Frontier()
  const header = { workspace: 'dev', publicKey: own.publicKey, size, exportedAt: at }
  const lines = [exportLine.header({ formatVersion: 1, kind: 'airlock.audit-log', ...header })]
  const signed: SampleLog['heads'] = new Map()
  for (let sequence = 1, previousSize = 0; sequence <= size; sequence++) {
    const line = eventLine(sequence, reasonOf?.(sequence), entryOf?.(sequence))
    lines.push(line)
    frontier.append(leafHash(Buffer.from(line.slice('{"entry":'.length, line.indexOf(',"leafHash"')))))
    if (!heads.includes(sequence)) continue
    const rootHash = frontier.root().toString('hex')
    const head: Checkpoint = {
      formatVersion: 1,
      workspace: 'dev',
      size: sequence,
      rootHash,
      at,
      previousSize,
      consistency: [],
    }
    previousSize = sequence
    const checkpoint = await signCheckpoint(head, own)
    const seen = { formatVersion: 1, witness: 'prod', workspace: 'dev', size: sequence, rootHash, at } as const
    const countersignature = await signCountersignature(
      { ...seen, checkpoint: JSON.parse(Buffer.from(checkpoint).toString()) },
      witness,
    )
    lines.push(exportLine.checkpoint(Buffer.from(checkpoint).toString()))
    lines.push(exportLine.countersignature(Buffer.from(countersignature).toString()))
    signed.set(sequence, { checkpoint, countersignature })
  }
  return { lines, heads: signed }
}
