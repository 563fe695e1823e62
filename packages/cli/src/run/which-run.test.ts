import type { Client } from '@airlock-ml/client'
import { expect, test } from 'vitest'
import { whichRun } from './which-run.ts'

const ids = [
  '0198c0de-2222-7000-8000-000000000003',
  '0198c0de-1111-7000-8000-000000000002',
  '0198aaaa-1111-7000-8000-000000000001',
  '0197aaaa-1111-7000-8000-000000000000',
]

/** A workspace with these runs, one a page, that keeps count of the pages asked for. */
function workspaceOf(runs: readonly string[]) {
  const asked = { pages: 0 }
  const listRuns = async ({ cursor = '0' }: { cursor?: string }) => {
    asked.pages++
    const next = Number(cursor) + 1
    return {
      items: runs.slice(next - 1, next).map((id) => ({ id })),
      nextCursor: next < runs.length ? String(next) : null,
    }
  }
  return { workspace: { client: { listRuns } as unknown as Client, project: 'p' }, asked }
}

test.each([
  ['latest', ids[0]],
  ['0198c0de-1', ids[1]],
  ['0198AAAA', ids[2]],
  [ids[3]!, ids[3]],
  // The workspace says what is wrong with these.
  ['0198aaa', '0198aaa'],
  ['notanidatall', 'notanidatall'],
])('%s is the run %s', async (text, id) => {
  expect(await whichRun(workspaceOf(ids).workspace, text)).toBe(id)
})

test('a beginning that several have is refused with those there are', async () => {
  await expect(whichRun(workspaceOf(ids).workspace, '0198c0de')).rejects.toMatchObject({
    code: 'cli_run_ambiguous',
    message: expect.stringContaining(`${ids[0]}, ${ids[1]}`),
    details: { candidates: ids.slice(0, 2) },
  })
})

test('one that no run has is not found, without looking at those that come after its place', async () => {
  const { workspace, asked } = workspaceOf(ids)
  await expect(whichRun(workspace, '0198bbbb')).rejects.toMatchObject({ code: 'run_not_found' })
  expect(asked.pages).toBe(3)
  await expect(whichRun(workspaceOf([]).workspace, 'latest')).rejects.toMatchObject({ code: 'run_not_found' })
})
