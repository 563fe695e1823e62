import { api, mayDo, type Role, Role as RoleSchema, type Route, rights } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { Deps } from '../deps.ts'
import { authorize } from './authorize.ts'

const deps = {} as Deps
const caller = (role: Role, project: string) => ({
  actor: { identityId: 'i', kind: 'user' as const, name: 'ann', person: 'ann', apiKeyId: null },
  roles: [{ project, role }],
})
const workspaceRoutes = (Object.values(api) as Route[]).filter(({ path }) => !path.includes('{project}'))

test('every role may do exactly what the table says, in its project and not in another', async () => {
  let asked = 0
  for (const role of RoleSchema.options)
    for (const action of Object.keys(rights) as (keyof typeof rights)[]) {
      const route = { action } as Route
      const answer = authorize(deps, caller(role, 'here'), route, undefined).then(
        () => true,
        (error: { code: string }) => error.code,
      )
      // Without a project only a role on `*` counts: a role in one project gives nothing of the workspace.
      expect(await answer).toBe('forbidden')
      const everywhere = authorize(deps, caller(role, '*'), route, undefined).then(
        () => true,
        () => false,
      )
      expect([role, action, await everywhere]).toEqual([role, action, mayDo([role], action)])
      asked++
    }
  expect(asked).toBe(RoleSchema.options.length * Object.keys(rights).length)
})

test('what belongs to the workspace and not to a project is for admins, but for what is public or about oneself', () => {
  const open = workspaceRoutes.filter(({ action }) => action !== 'public' && action !== 'authenticated')
  for (const { action } of open) expect(mayDo(['platform-admin'], action as keyof typeof rights)).toBe(true)
  expect(open.length).toBeGreaterThan(10)
})
