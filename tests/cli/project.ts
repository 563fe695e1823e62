import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { airlockIn, type Run, temporaryFolder } from './airlock.ts'

export const model = 'breast_cancer_classifier'
export const dev = 'enterprise-dev-staging'
export const production = 'enterprise-production'

/** A copy of the minimal project in a folder of its own, with both workspaces made by `ada`. */
async function initialisedProject(): Promise<{ dir: string; airlock: Run; remove: () => Promise<void> }> {
  const { dir, remove } = await temporaryFolder()
  await cp(join(import.meta.dirname, 'minimal-project'), dir, { recursive: true })
  const airlock = airlockIn(dir)
  const { code, stderr } = await airlock('init', '--admin', 'ada')
  if (code !== 0) throw new Error(stderr)
  return { dir, airlock, remove }
}

/** The same for all tests of a file, made before the first and removed after the last. `dir` is empty until then. */
export function sharedProject(): { dir: string; airlock: Run } {
  let made: Awaited<ReturnType<typeof initialisedProject>>
  const shared: { dir: string; airlock: Run } = { dir: '', airlock: (...args) => made.airlock(...args) }
  beforeAll(async () => {
    made = await initialisedProject()
    shared.dir = made.dir
  })
  afterAll(() => made.remove())
  return shared
}

/** Makes `ben`, an approver in production whose keys are stored: one signs in, the other signs. */
export async function addApprover(airlock: Run): Promise<void> {
  await airlock('user', 'create', 'ben', '--role', 'approver', '--workspace', production)
  await airlock('api-key', 'create', 'ben', '--store', '--workspace', production)
  await airlock('decision-key', 'register', '--as', 'ben', '--workspace', production)
}
