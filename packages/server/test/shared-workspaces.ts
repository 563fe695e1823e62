import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { closeBoth, type TestWorkspace, type TwoWorkspaces, twoWorkspaces } from './two-workspaces.ts'

type Options = Parameters<typeof twoWorkspaces>[0]

/**
 * Two workspaces for all tests of a file, made before the first and removed after the last. What it returns is filled
 * by then: take `dev` and `production` at once, everything else when a test runs.
 */
export function sharedWorkspaces(options?: Options): TwoWorkspaces {
  const { both, make } = unfilled(options)
  beforeAll(make)
  afterAll(() => both.close())
  return both
}

/** Two workspaces for each test of a file, filled and removed with it. */
export function freshWorkspaces(options?: Options): TwoWorkspaces {
  const { both, make } = unfilled(options)
  beforeEach(make)
  afterEach(() => both.close())
  return both
}

function unfilled(options: Options): { both: TwoWorkspaces; make: () => Promise<void> } {
  const both = { dev: {} as TestWorkspace, production: {} as TestWorkspace } as TwoWorkspaces
  const make = async () => {
    const { dir, exchange, dev, production } = await twoWorkspaces(options)
    Object.assign(both.dev, dev)
    Object.assign(both.production, production)
    Object.assign(both, { dir, exchange, close: () => closeBoth(both) })
  }
  return { both, make }
}
