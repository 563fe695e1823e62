import { expect, test } from 'vitest'
import { roleBindings } from './roles.ts'

test('a role stands in the current project, a named one, or everywhere', async () => {
  expect(await roleBindings(['approver', 'viewer:fraud', 'platform-admin:*'], 'cancer-detection')).toEqual([
    { project: 'cancer-detection', role: 'approver' },
    { project: 'fraud', role: 'viewer' },
    { project: '*', role: 'platform-admin' },
  ])
})

test('an unknown role names the nearest', async () => {
  await expect(roleBindings(['aprover'], 'p')).rejects.toMatchObject({
    code: 'cli_usage_invalid',
    message: 'There is no role aprover. Did you mean approver?',
  })
})
