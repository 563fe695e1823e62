import {
  consistencyRanges,
  Frontier,
  hashRange,
  inclusionRanges,
  type LeafRange,
  type NodePlace,
  nodesOfRange,
} from '@airlock-ml/bundle'
import type { Db } from '../db/db.ts'
import { type LogHead, readNodes } from './store.ts'

/** Root of the tree under a head, hex. */
export const rootOf = ({ size, frontier }: LogHead): string => new Frontier(size, frontier).root().toString('hex')

/** Proof that the first `older` events of a log of `size` events are its beginning: hashes, hex. */
export const proveConsistency = (db: Db, older: number, size: number): Promise<string[]> =>
  hashesOf(db, consistencyRanges(older, size))

/** Proof that the event is in the log of `size` events: hashes, hex, nearest first. */
export const proveInclusion = (db: Db, sequence: number, size: number): Promise<string[]> =>
  hashesOf(db, inclusionRanges(sequence - 1, size))

/** Reads a handful of nodes a range; throws when one is missing, which `airlock workspace check` then names. */
async function hashesOf(db: Db, ranges: readonly LeafRange[]): Promise<string[]> {
  const nodes = await readNodes(db, ranges.flatMap(nodesOfRange))
  const read = ({ level, position }: NodePlace): Buffer => {
    const hash = nodes.get(`${level}/${position}`)
    if (!hash) throw new Error(`The log's tree has no node ${level}/${position}.`)
    return hash
  }
  return ranges.map((range) => hashRange(range, read).toString('hex'))
}
