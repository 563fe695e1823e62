import type { LineageSource } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { artifactsReadBy, inputsOfMakers } from './store.ts'

/**
 * What a run read and did not make itself, and all that this was made from, across runs, each once: what its steps loaded
 * by name or read by digest, and so on back to data from outside.
 */
export async function sourcesOf(db: Db, runId: string): Promise<LineageSource[]> {
  const found = new Map<string, LineageSource>()
  let next = (await artifactsReadBy(db, runId)).filter((source) => source.runId !== runId)
  while (next.length > 0) {
    for (const source of next) found.set(source.id, source)
    const read = await inputsOfMakers(
      db,
      next.map(({ id }) => id),
    )
    next = read.filter(({ id }) => !found.has(id))
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}
