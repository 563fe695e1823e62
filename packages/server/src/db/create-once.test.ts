import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'

const both = sharedWorkspaces()

const create = (name: string, key: string) =>
  both.dev.root('createProject', { body: { name } }, { 'idempotency-key': key })

test('the same request with the same key creates once and answers the same', async () => {
  const first = await create('one', 'key-1')
  expect(await create('one', 'key-1')).toEqual(first)
  await expect(create('one', 'key-2')).rejects.toMatchObject({ code: 'project_exists' })
})

test('twenty at once with one key are one', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => create('many', 'key-3')))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
})

test('a key that came with another request is refused', async () => {
  await expect(create('two', 'key-1')).rejects.toMatchObject({ code: 'idempotency_key_reused' })
})

test('a creation that failed does not use up its key', async () => {
  await expect(create('one', 'key-4')).rejects.toMatchObject({ code: 'project_exists' })
  expect(await create('three', 'key-4')).toMatchObject({ name: 'three' })
})
