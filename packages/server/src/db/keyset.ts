import { type Page, type PageQuery, PlatformError } from '@airlock-ml/contract'
import { type ReferenceExpression, type SelectQueryBuilder, sql } from 'kysely'

/** The unique column a list is ordered by. */
export type KeysetOrder<DB, TB extends keyof DB, Row> = {
  column: ReferenceExpression<DB, TB> & string
  direction: 'asc' | 'desc'
  valueOf: (row: Row) => string | number
}

/**
 * One page of `query`, at most `limit` rows after `cursor`. Keyset paging: its cost does not grow with the page's
 * number, and rows that appear meanwhile move nothing.
 * @throws PlatformError `request_invalid` for a cursor that no page gave
 */
export async function pageOf<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { cursor, limit }: PageQuery,
  order: KeysetOrder<DB, TB, Row>,
): Promise<Page<Row>> {
  const column = sql.ref(order.column)
  const after = cursor === undefined ? undefined : decode(cursor)
  const rows = await query
    .$if(after !== undefined, (q) =>
      q.where(order.direction === 'asc' ? sql<boolean>`${column} > ${after}` : sql<boolean>`${column} < ${after}`),
    )
    .orderBy(column, order.direction)
    .limit(limit + 1)
    .execute()
  const items = (rows as Row[]).slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? encode(order.valueOf(last)) : null }
}

/** The page with each row turned into a resource. */
export const mapPage = <A, B>({ items, nextCursor }: Page<A>, map: (row: A) => B): Page<B> => ({
  items: items.map(map),
  nextCursor,
})

const encode = (value: string | number) => Buffer.from(JSON.stringify(value)).toString('base64url')

function decode(cursor: string): string | number {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (typeof value === 'string' || typeof value === 'number') return value
  } catch {
    // falls through to the refusal
  }
  throw new PlatformError('request_invalid', 'The cursor is not one that a page gave.', {
    query: { cursor: ['Pass `nextCursor` of the page before, unchanged.'] },
  })
}
