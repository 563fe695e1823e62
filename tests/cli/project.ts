import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { airlockIn, type Run, temporaryFolder } from './airlock.ts'

export const model = 'breast_cancer_classifier'
export const dev = 'enterprise-dev-staging'
export const production = 'enterprise-production'

/** A copy of the minimal project in a folder of its own, with both workspaces made by `ada`. */
export async function initialisedProject(): Promise<{ dir: string; airlock: Run; remove: () => Promise<void> }> {
  const { dir, remove } = await temporaryFolder()
  await cp(join(import.meta.dirname, 'minimal-project'), dir, { recursive: true })
  const airlock = airlockIn(dir)
  const { code, stderr } = await airlock('init', '--admin', 'ada')
  if (code !== 0) throw new Error(stderr)
  return { dir, airlock, remove }
}

/** Makes `ben`, an approver in production whose keys are stored: one signs in, the other signs. */
export async function addApprover(airlock: Run): Promise<void> {
  await airlock('user', 'create', 'ben', '--role', 'approver', '--workspace', production)
  await airlock('api-key', 'create', 'ben', '--store', '--workspace', production)
  await airlock('decision-key', 'register', '--as', 'ben', '--workspace', production)
}
