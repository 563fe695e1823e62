import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 6962 over SHA-256. A complete subtree is named by `level` (it spans 2^level leaves) and
 * `position` (it is the position-th of its level); level 0 is the leaves.
 */
export type NodePlace = { level: number; position: number }

/** A complete subtree with its hash, 32 bytes. */
export type TreeNode = NodePlace & { hash: Buffer }

/** Gives the hash of a complete subtree that lies within the tree. */
export type NodeReader = (place: NodePlace) => Buffer

/** Leaves from `from` up to, not including, `to`. */
export type LeafRange = { from: number; to: number }

const HASH_BYTES = 32
// Reused for every inner hash; nothing waits between filling and hashing it.
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** Hash of the tree without leaves. */
export const emptyRoot = (): Buffer => hash('sha256', '', 'buffer')

/** Hash of a leaf: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(0), entry], entry.byteLength + 1), 'buffer')

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Buffer, right: Buffer): Buffer => {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return hash('sha256', pair, 'buffer')
}

/** Hash of a leaf, hex, from its entry as well-formed text. */
export const leafHashOfText = (entry: string): string => hash('sha256', `\0${entry}`)

/** Hash of an inner node, all of them hex. */
export const nodeHashOfHex = (left: string, right: string): string => {
  pair.write(left, 1, 'hex')
  pair.write(right, 1 + HASH_BYTES, 'hex')
  return hash('sha256', pair)
}

/** The complete subtrees that a range beginning at a multiple of its longest part falls into, longest first. */
export const nodesOfRange = ({ from, to }: LeafRange): NodePlace[] => {
  const places: NodePlace[] = []
  for (let at = from; at < to; ) {
    const level = floorLog2(to - at)
    places.push({ level, position: at / 2 ** level })
    at += 2 ** level
  }
  return places
}

/** Hash of the subtree over a range: of the whole tree for `{ from: 0, to: size }`. */
export const hashRange = (range: LeafRange, read: NodeReader): Buffer => foldPeaks(nodesOfRange(range).map(read))

/** Root of a tree from its complete subtrees, longest first. */
export const foldPeaks = (peaks: readonly Buffer[]): Buffer => {
  let root = peaks.at(-1)
  if (root === undefined) return emptyRoot()
  for (let at = peaks.length - 2; at >= 0; at--) root = nodeHash(peaks[at]!, root)
  return root
}

/** The subtrees whose hashes prove that leaf `index` is in a tree of `size` leaves, nearest first (RFC 6962, 2.1.1). */
export const inclusionRanges = (index: number, size: number): LeafRange[] => {
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    ranges.push(index < middle ? { from: middle, to } : { from, to: middle })
    if (index < middle) to = middle
    else from = middle
  }
  return ranges.reverse()
}

/** The subtrees whose hashes prove that the first `older` leaves of a tree of `size` are its beginning (RFC 6962, 2.1.2). */
export const consistencyRanges = (older: number, size: number): LeafRange[] => {
  if (older === 0 || older === size) return []
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (to !== older) {
    const middle = from + splitOf(to - from)
    ranges.push(older <= middle ? { from: middle, to } : { from, to: middle })
    if (older <= middle) to = middle
    else from = middle
  }
  if (from > 0) ranges.push({ from, to })
  return ranges.reverse()
}

/** The largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => 2 ** floorLog2(count - 1)

const floorLog2 = (value: number): number => {
  let level = 0
  while (2 ** (level + 1) <= value) level++
  return level
}
