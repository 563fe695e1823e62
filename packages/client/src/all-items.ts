import type { Page } from '@airlock-ml/contract'

/**
 * Every item of a list, page after page, each page fetched when the one before is used up. `input` is that of the list
 * itself; its `limit` is the size of a page. Rejects as the list does.
 *
 * @example
 * for await (const run of allItems(client.listRuns, { project })) console.log(run.id)
 */
export async function* allItems<Input extends object, Item>(
  list: (input: Input & { cursor?: string }) => Promise<Page<Item>>,
  input: Input,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null | undefined
  do {
    const page: Page<Item> = await list(cursor === undefined ? input : { ...input, cursor })
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}
