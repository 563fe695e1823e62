import { afterAll, beforeAll } from 'vitest'
import { type TestWorkspace, type TwoWorkspaces, twoWorkspaces } from './two-workspaces.ts'

/**
 * Two workspaces for all tests of a file, made before the first and removed after the last. What it returns is filled
 * by then: take `dev` and `production` at once, everything else when a test runs.
 */
export function sharedWorkspaces(options?: Parameters<typeof twoWorkspaces>[0]): TwoWorkspaces {
  const shared = { dev: {} as TestWorkspace, production: {} as TestWorkspace } as TwoWorkspaces
  beforeAll(async () => {
    const { dev, production, ...rest } = await twoWorkspaces(options)
    Object.assign(shared.dev, dev)
    Object.assign(shared.production, production)
    Object.assign(shared, rest)
  })
  afterAll(() => shared.close())
  return shared
}
