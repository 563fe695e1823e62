/** A leaf's class shares are whole numbers of 4096ths: sums of them are exact in 32-bit floats. */
export const leafParts = 4096

/** The questions of a grown tree in flat arrays, a node an index, the root 0, children always behind their parent. */
export interface TreeShape {
  /** The feature a node asks for; -1 in a leaf. */
  readonly feature: Int32Array
  /** A row goes left when its value is at most this. */
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
}

/** A tree of a forest. */
export interface Tree extends TreeShape {
  /** For each node, class by class, its share in 4096ths; zeros where the node is no leaf. */
  readonly parts: Uint16Array
}

/** Collects the nodes of a tree while it grows, with as many values a leaf as it is told. */
export class TreeBuilder {
  readonly #valueCount: number
  readonly #feature: number[] = []
  readonly #threshold: number[] = []
  readonly #left: number[] = []
  readonly #right: number[] = []
  readonly #values: number[] = []

  constructor(valueCount: number) {
    this.#valueCount = valueCount
  }

  /** Adds a leaf with these values and returns its index. A later `split` may make it an inner node. */
  addLeaf(values: readonly number[]): number {
    const node = this.#feature.push(-1) - 1
    this.#threshold.push(0)
    this.#left.push(0)
    this.#right.push(0)
    this.#values.push(...values)
    return node
  }

  split(node: number, feature: number, threshold: number): void {
    this.#feature[node] = feature
    this.#threshold[node] = threshold
    this.#values.fill(0, node * this.#valueCount, (node + 1) * this.#valueCount)
  }

  link(parent: number, side: 'left' | 'right', child: number): void {
    if (side === 'left') this.#left[parent] = child
    else this.#right[parent] = child
  }

  finish(): { shape: TreeShape; values: readonly number[] } {
    const shape = {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
    }
    return { shape, values: this.#values }
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
export function leafOf(tree: TreeShape, columns: readonly Float32Array[], row: number): number {
  let node = 0
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    node = columns[feature]![row]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!
  }
  return node
}
