import { createCipheriv, hash } from 'node:crypto'

const blockBytes = 4_096

/** The seed of a step: the same for each run of one snapshot, another for each step. An integer below 2³². */
export function seedOf(snapshotDigest: string, step: string): number {
  return Number.parseInt(hash('sha256', `${snapshotDigest}\n${step}`).slice(0, 8), 16)
}

/** Numbers from 0 up to 1, without 1, evenly spread; the same ones for the same seed, on every machine. */
export function randomNumbers(seed: number): () => number {
  let cipher: ReturnType<typeof createCipheriv> | undefined
  let block = Buffer.alloc(0)
  let at = 0
  return () => {
    if (at === block.length) {
      cipher ??= keyStream(seed)
      block = cipher.update(Buffer.alloc(blockBytes))
      at = 0
    }
    const high = block.readUInt32BE(at) >>> 5
    const low = block.readUInt32BE(at + 4) >>> 6
    at += 8
    return (high * 2 ** 26 + low) / 2 ** 53
  }
}

/** Of a block cipher: quick, and without the patterns of small generators. */
function keyStream(seed: number) {
  const key = Buffer.from(hash('sha256', `random ${seed}`), 'hex').subarray(0, 16)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
}

/** The seed and the numbers of a context; `onUse` is called before the first of either is given out. */
export class Randomness {
  readonly #seed: number
  readonly #next: () => number
  #onUse: (() => void) | undefined

  constructor(seed: number, onUse: () => void) {
    this.#seed = seed
    this.#next = randomNumbers(seed)
    this.#onUse = onUse
  }

  get seed(): number {
    this.#tellUse()
    return this.#seed
  }

  next(): number {
    this.#tellUse()
    return this.#next()
  }

  #tellUse(): void {
    this.#onUse?.()
    this.#onUse = undefined
  }
}
