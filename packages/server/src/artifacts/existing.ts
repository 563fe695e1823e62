import { type ArtifactVersion, didYouMean, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findNamed, givenNames, type Which } from './store.ts'

/**
 * A version of a name: the newest, unless a number or a digest says which.
 * @throws PlatformError `artifact_not_found`, which says what there is
 */
export async function existingNamed(
  db: Db,
  at: { project: string; name: string },
  which: Which,
): Promise<ArtifactVersion> {
  const found = await findNamed(db, at, which)
  if (found) return found
  const newest = await findNamed(db, at, {})
  const { project, name } = at
  if (!newest) {
    const names = didYouMean(name, await givenNames(db, project))
    throw new PlatformError('artifact_not_found', `The project ${project} has no artifact ${name}. ${names}`, { name })
  }
  const wanted = which.digest === undefined ? `version ${which.version}` : `version with the SHA-256 ${which.digest}`
  throw new PlatformError(
    'artifact_not_found',
    `${name} has no ${wanted}. Its newest is version ${newest.version}, with the SHA-256 ${newest.digest}.`,
    { name, newest: newest.version, digest: newest.digest },
  )
}

/** @throws PlatformError `artifact_not_found` for one whose bytes were deleted */
export function demandBytes({ name, version, deleted }: ArtifactVersion): void {
  if (!deleted) return
  const message = `The bytes of ${name} version ${version} were deleted at ${deleted.at}, when ${deleted.by} collected garbage.`
  throw new PlatformError('artifact_not_found', message, { name, version })
}
