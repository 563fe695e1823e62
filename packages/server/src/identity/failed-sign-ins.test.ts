import { expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'

let now = new Date('2026-01-01T00:00:00Z')
const both = sharedWorkspaces({ now: () => now })

test('a hundred wrong keys at once are slowed and make two events, and nobody else waits', async () => {
  const { root, workspace } = both.dev
  const guess = callAs(workspace.fetch, `alk_${'0'.repeat(24)}_${'A'.repeat(43)}`)
  const wrong = () => guess('whoami', {}).catch((error: { code: string }) => error.code)
  const startedAtMs = performance.now()
  const guesses = Array.from({ length: 100 }, wrong)
  let othersMs = Number.POSITIVE_INFINITY
  const other = root('whoami', {}).then(() => (othersMs = performance.now() - startedAtMs))
  expect(new Set(await Promise.all(guesses))).toEqual(new Set(['unauthenticated']))
  await other
  const slowestMs = performance.now() - startedAtMs
  expect(slowestMs).toBeGreaterThan(990)
  expect(othersMs).toBeLessThan(slowestMs)
  now = new Date(now.getTime() + 61_000)
  await wrong()
  const { items } = await root('listAuditEvents', { type: 'authentication.failed' })
  expect(items.map(({ after }) => after)).toMatchObject([{ failures: 1 }, { failures: 99 }, { failures: 1 }])
})
