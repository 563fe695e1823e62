import { z } from 'zod'

/** Query of every list: newest first unless said otherwise, at most `limit` items, from `cursor` on. */
export const PageQuery = z.object({
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most items in this page.'),
})
export type PageQuery = z.output<typeof PageQuery>

/** One page of a list. */
export type Page<T> = {
  items: T[]
  /** Pass it as `cursor` for the next page; null on the last. */
  nextCursor: string | null
}

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
