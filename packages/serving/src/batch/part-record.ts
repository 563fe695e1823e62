import { join } from 'node:path'
import { BatchPart } from '@airlock-ml/contract'
import type { RefusedRow } from '@airlock-ml/tabular'
import { z } from 'zod'
import { PartDrift } from './batch-drift.ts'
import { fingerprintOf, type OutputFolder, readWhole } from './output-folder.ts'

/** A part that is there, and the first rows that were refused in it. */
export const PartRecord = z.object({
  part: BatchPart,
  drift: PartDrift.nullable().default(null),
  firstRejects: z.array(
    z.object({ row: z.int(), key: z.string().nullable(), column: z.string().nullable(), reason: z.string() }),
  ),
})
export type PartRecord = z.infer<typeof PartRecord>

/**
 * The record of a part whose files are there with the bytes that were written; `undefined` for one that is missing,
 * and for one whose files were damaged, which is then made anew.
 */
export async function soundRecord(folder: OutputFolder, index: number): Promise<PartRecord | undefined> {
  const { data } = PartRecord.safeParse(await readWhole(folder.record(index)).catch(() => undefined))
  if (!data) return undefined
  const files = [data.part, ...(data.part.rejects ? [data.part.rejects] : [])]
  for (const { file, digest } of files) {
    if ((await fingerprintOf(join(folder.dir, file)))?.digest !== digest) return undefined
  }
  return data
}

/** A refused row in words. */
export function refusalText({ row, key, column, reason }: RefusedRow): string {
  const which = key === null ? `row ${row}` : `row ${row} (${JSON.stringify(key)})`
  return column === null ? `${which} ${reason}` : `${which}: ${column} ${reason}`
}
