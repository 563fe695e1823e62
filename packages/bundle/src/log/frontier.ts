import { foldPeaks, nodeHash, nodeHashOfHex, type TreeNode } from './merkle.ts'

const HASH_CHARS = 64

/**
 * What must be remembered of a tree to append to it: its complete subtrees, longest first, at most one a level. Growing
 * by one costs as many hashes as subtrees become complete: one on average.
 */
export class Frontier {
  #size: number
  /** What came as text stays text until it is needed: an append needs one of many. */
  readonly #peaks: (Buffer | string)[]

  /** The frontier of a tree of `size` leaves, as `text` wrote it; without arguments that of the empty tree. */
  constructor(size = 0, text = '') {
    this.#size = size
    this.#peaks = Array.from({ length: text.length / HASH_CHARS }, (_, at) =>
      text.slice(at * HASH_CHARS, (at + 1) * HASH_CHARS),
    )
    if (this.#peaks.length !== onesOf(size)) throw notItsFrontier(size)
  }

  get size(): number {
    return this.#size
  }

  /** Hashes of the complete subtrees, hex, one after the other. */
  get text(): string {
    return this.#peaks.map((peak) => (typeof peak === 'string' ? peak : peak.toString('hex'))).join('')
  }

  root(): Buffer {
    return foldPeaks(this.#peaks.map(bytesOf))
  }

  /** Appends a leaf by its hash; `completed`, if given, is told each inner node that this makes complete. */
  append(leaf: Buffer, completed?: (node: TreeNode) => void): void {
    let node = leaf
    let position = this.#size
    for (let level = 1; position % 2 === 1; level++) {
      node = nodeHash(bytesOf(this.#peaks.pop()!), node)
      position = (position - 1) / 2
      completed?.({ level, position, hash: node })
    }
    this.#peaks.push(node)
    this.#size++
  }
}

/**
 * Appends one leaf to a frontier that is kept as text, without taking it apart. Gives the new text, and the inner nodes
 * that become complete, from the lowest up; all hashes hex, one after the other.
 */
export const growFrontier = (
  { size, frontier }: { size: number; frontier: string },
  leaf: string,
): { frontier: string; nodes: string } => {
  if (frontier.length !== onesOf(size) * HASH_CHARS) throw notItsFrontier(size)
  let [node, nodes, kept] = [leaf, '', frontier.length]
  for (let position = size; position % 2 === 1; position = (position - 1) / 2) {
    node = nodeHashOfHex(frontier.slice(kept - HASH_CHARS, kept), node)
    nodes += node
    kept -= HASH_CHARS
  }
  return { frontier: frontier.slice(0, kept) + node, nodes }
}

const notItsFrontier = (size: number) => new Error(`This is not the frontier of a tree of ${size} leaves.`)

const bytesOf = (peak: Buffer | string): Buffer => (typeof peak === 'string' ? Buffer.from(peak, 'hex') : peak)

const onesOf = (value: number): number => {
  let ones = 0
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
