import type { LoggedBatch } from './segment-format.ts'

/** The rows of a part, in order: of each, its batch and its place in it. */
export type PartRows = { count: number; batchOf: readonly LoggedBatch[]; placeOf: Uint32Array }

/** By id, which is by time: batches of several versions stand beside each other, a shadow's behind the champion's. */
export function sortedRows(batches: readonly LoggedBatch[]): PartRows {
  const count = batches.reduce((sum, { ids }) => sum + ids.length, 0)
  const batchOf: LoggedBatch[] = []
  const placeOf = new Uint32Array(count)
  let isSorted = true
  let last = ''
  for (const batch of batches)
    for (const [place, id] of batch.ids.entries()) {
      isSorted &&= last < id
      last = id
      placeOf[batchOf.length] = place
      batchOf.push(batch)
    }
  if (isSorted) return { count, batchOf, placeOf }
  const idAt = (row: number) => batchOf[row]!.ids[placeOf[row]!]!
  const shadowLast = (row: number) => (batchOf[row]!.role === 'shadow' ? 1 : 0)
  const order = Array.from(batchOf.keys()).sort((a, b) =>
    idAt(a) === idAt(b) ? shadowLast(a) - shadowLast(b) : idAt(a) < idAt(b) ? -1 : 1,
  )
  return {
    count,
    batchOf: order.map((row) => batchOf[row]!),
    placeOf: Uint32Array.from(order, (row) => placeOf[row]!),
  }
}
