import { access, readFile } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { openObjectStore } from '@airlock-ml/stack'
import { openBell } from './bell.ts'
import { openDb } from './db/db.ts'
import { migrate } from './db/migrate.ts'
import type { Deps } from './deps.ts'
import { newId as uuidv7 } from './ids.ts'
import { type ScoringLimits, scoringLimits } from './scoring/limits.ts'
import { openScorers } from './scoring/scorers.ts'
import { keyFiles } from './signing-keys/key-files.ts'
import { keyHintInForce } from './signing-keys/store.ts'
import { pathsOf } from './workspace/files.ts'
import { findWorkspace } from './workspace/store.ts'

/** Where a workspace lies, and what tests replace. */
export type WorkspaceOptions = {
  /** Folder of the workspace, made by `createWorkspace`. */
  dir: string
  /** Path or URI of the exchange. */
  exchange: string
  /** What differs from the usual limits of the process that scores models from elsewhere: 120 s, 120 s, 4 GiB. */
  scoring?: Partial<ScoringLimits>
  now?: () => Date
  newId?: () => string
}

/**
 * Opens what an embedded workspace stands on. `closeDeps` when done.
 * @throws PlatformError `workspace_not_found`, `schema_too_new`
 */
export async function openDeps({
  dir,
  exchange,
  scoring,
  now = () => new Date(),
  newId = uuidv7,
}: WorkspaceOptions): Promise<Deps> {
  const paths = pathsOf(dir)
  const notFound = (cause: NodeJS.ErrnoException) => {
    throw new PlatformError(
      'workspace_not_found',
      `There is no whole workspace in ${dir} (${cause.code} ${cause.path}).`,
      {},
      { cause },
    )
  }
  await access(paths.database).catch(notFound)
  const signingKeys = keyFiles(paths.signingKey)
  const pepper = await readFile(paths.pepper).catch(notFound)
  const db = openDb(paths.database)
  try {
    await migrate(db, now())
    const row = await findWorkspace(db)
    if (!row) throw new PlatformError('workspace_not_found', `The birth of the workspace in ${dir} was not completed.`)
    const keyHint = await keyHintInForce(db)
    if (keyHint === undefined) throw new Error('The workspace has no signing key in force.')
    return {
      workspace: { id: row.id, name: row.name },
      db,
      artifacts: await openObjectStore(paths.artifacts),
      exchange: await openObjectStore(exchange),
      signer: await signingKeys.open(keyHint).catch(notFound),
      signingKeys,
      pepper,
      stagingDir: paths.staging,
      scorers: openScorers({ ...scoringLimits, ...scoring }),
      bell: openBell(),
      now,
      newId,
    }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/** Releases what `openDeps` opened. */
export async function closeDeps({ db, scorers, bell }: Deps): Promise<void> {
  bell.close()
  await scorers.close()
  await db.destroy()
}
