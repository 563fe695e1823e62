import { didYouMean, PlatformError, type Stack } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findStack, stackNames } from './store.ts'

/** @throws PlatformError `stack_not_found` */
export async function existingStack(db: Db, project: string, name: string): Promise<Stack> {
  const found = await findStack(db, project, name)
  if (found) return found
  const names = didYouMean(name, await stackNames(db, project))
  throw new PlatformError('stack_not_found', `The project ${project} has no stack ${name}. ${names}`)
}
