/** A leaf's class shares are whole numbers of 4096ths: sums of them are exact in 32-bit floats. */
export const leafParts = 4096

/** One grown tree in flat arrays, a node an index, the root 0, children always behind their parent. */
export interface Tree {
  /** The feature a node asks for; -1 in a leaf. */
  readonly feature: Int32Array
  /** A row goes left when its value is at most this. */
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** For each node, class by class, its share in 4096ths; zeros where the node is no leaf. */
  readonly parts: Uint16Array
}

/** Collects the nodes of a tree while it grows. */
export class TreeBuilder {
  readonly #classCount: number
  readonly #feature: number[] = []
  readonly #threshold: number[] = []
  readonly #left: number[] = []
  readonly #right: number[] = []
  readonly #parts: number[] = []

  constructor(classCount: number) {
    this.#classCount = classCount
  }

  /** Adds a leaf for these class counts and returns its index. A later `split` may make it an inner node. */
  addLeaf(counts: ArrayLike<number>): number {
    const node = this.#feature.push(-1) - 1
    this.#threshold.push(0)
    this.#left.push(0)
    this.#right.push(0)
    this.#parts.push(...partsOf(counts))
    return node
  }

  split(node: number, feature: number, threshold: number): void {
    this.#feature[node] = feature
    this.#threshold[node] = threshold
    this.#parts.fill(0, node * this.#classCount, (node + 1) * this.#classCount)
  }

  link(parent: number, side: 'left' | 'right', child: number): void {
    if (side === 'left') this.#left[parent] = child
    else this.#right[parent] = child
  }

  finish(): Tree {
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      parts: Uint16Array.from(this.#parts),
    }
  }
}

/** Rounds class counts to 4096ths that add up to 4096: largest remainders first, then the lower class. */
export function partsOf(counts: ArrayLike<number>): number[] {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0)
  const exact = Array.from(counts, (count) => (count * leafParts) / total)
  const parts = exact.map(Math.floor)
  const missing = leafParts - parts.reduce((sum, part) => sum + part, 0)
  const byRemainder = exact.map((_, i) => i).sort((a, b) => exact[b]! - parts[b]! - (exact[a]! - parts[a]!) || a - b)
  for (const i of byRemainder.slice(0, missing)) parts[i]! += 1
  return parts
}

/** The leaf a row ends in. */
export function leafOf(tree: Tree, columns: readonly Float32Array[], row: number): number {
  let node = 0
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    node = columns[feature]![row]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!
  }
  return node
}
