/** A disk makes as many files durable at once in the time of one. */
const AT_ONCE = 4

/**
 * Calls `act` for each item, a few at once. When one fails, those begun with it are waited for and no more begin; rejects
 * with what the first of them, by order, failed with: what is cleaned up then is touched by nobody.
 */
export async function someAtOnce<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const done = await Promise.allSettled(items.slice(from, from + AT_ONCE).map(act))
    const failed = done.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
    if (failed) throw failed.reason
  }
}
