import { PlatformError, type Stack } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findStack } from './store.ts'

/** @throws PlatformError `stack_not_found` */
export async function existingStack(db: Db, project: string, name: string): Promise<Stack> {
  const found = await findStack(db, project, name)
  if (!found) throw new PlatformError('stack_not_found', `The project ${project} has no stack ${name}.`)
  return found
}
