import type { AnsweredBatch } from '../answer/answered-batch.ts'

/** Rows that are asked about together. */
export type Taken = Pick<AnsweredBatch, 'rows' | 'ids' | 'keys' | 'subjects' | 'receivedAtMs' | 'featureNames'> & {
  /** `performance.now()` when each request was read whole. */
  receivedAt: number[]
  features: Float32Array
}

/** Copies of rows, in their order, up to a bound. */
export type WaitingRows = {
  /** False when there is no room for all of them; then none is kept. */
  add: (batch: AnsweredBatch) => boolean
  /** The first of them that have the same features, about so many; null when there are none. */
  take: (rows: number) => Taken | null
  rows: () => number
  clear: () => void
}

export function openWaitingRows(most: number): WaitingRows {
  let waiting: Taken[] = []
  let rows = 0
  return {
    add: (batch) => {
      if (rows + batch.rows > most) return false
      const now = performance.now()
      const { ids, keys, subjects, receivedAtMs, featureNames } = batch
      rows += batch.rows
      waiting.push({
        ...{ rows: batch.rows, featureNames, ids: [...ids], keys: [...keys], subjects: [...subjects] },
        receivedAtMs: [...receivedAtMs],
        receivedAt: batch.latencyUs.map((us) => now - us / 1_000),
        features: new Float32Array(batch.features),
      })
      return true
    },
    take: (wanted) => {
      const [first] = waiting
      if (!first) return null
      let count = 0
      let taken = 0
      for (const each of waiting) {
        if (each.featureNames !== first.featureNames || (count > 0 && taken + each.rows > wanted)) break
        count++
        taken += each.rows
      }
      const together = waiting.slice(0, count)
      waiting = waiting.slice(count)
      rows -= taken
      return count === 1 ? first : joined(together, taken)
    },
    rows: () => rows,
    clear: () => {
      waiting = []
      rows = 0
    },
  }
}

function joined(each: readonly Taken[], rows: number): Taken {
  const { featureNames } = each[0]!
  const features = new Float32Array(rows * featureNames.length)
  let at = 0
  for (const one of each) {
    features.set(one.features, at)
    at += one.features.length
  }
  return {
    ...{ rows, featureNames, features },
    ids: each.flatMap(({ ids }) => ids),
    keys: each.flatMap(({ keys }) => keys),
    subjects: each.flatMap(({ subjects }) => subjects),
    receivedAtMs: each.flatMap(({ receivedAtMs }) => receivedAtMs),
    receivedAt: each.flatMap(({ receivedAt }) => receivedAt),
  }
}
