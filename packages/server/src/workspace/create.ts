import { mkdir } from 'node:fs/promises'
import { createSigningKey, fileSigner } from '@airlock-ml/bundle'
import { KebabName, PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import { openDb } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { transact } from '../db/transact.ts'
import { insertNewApiKey } from '../identity/keys.ts'
import { findIdentity, insertIdentity, replaceRoles } from '../identity/store.ts'
import { newId as uuidv7 } from '../ids.ts'
import { createProject } from '../projects/create.ts'
import { findProject } from '../projects/store.ts'
import { insertSigningKey } from '../signing-keys/store.ts'
import { assertNotLost, pathsOf, readOrMakeSecret } from './files.ts'
import { findWorkspace, insertWorkspace } from './store.ts'

/** A workspace that is to be. */
export type NewWorkspace = {
  /** Its folder, made when it is missing. */
  dir: string
  name: string
  project: string
  /** Name of the first user, who is platform-admin everywhere. */
  admin: string
  /** Whether acts that loosen something take a second person, once there is one. Default false. */
  fourEyes?: boolean
  now?: () => Date
  newId?: () => string
}

/** `apiKey` is the admin's, new; null when the workspace was there with that admin, and `renewAdminKey` was not asked for. */
export type CreatedWorkspace = { created: boolean; apiKey: string | null }

/**
 * The birth of an embedded workspace: folder, signing key, pepper, database, project, first admin. Run again after a
 * crash it completes what is missing. `renewAdminKey` gives the admin another key, as the owner of the folder may.
 */
export async function createWorkspace(wanted: NewWorkspace & { renewAdminKey?: boolean }): Promise<CreatedWorkspace> {
  const { dir, name, now = () => new Date(), newId = uuidv7 } = wanted
  for (const given of [name, wanted.project, wanted.admin]) demandName(given)
  const paths = pathsOf(dir)
  await assertNotLost(paths)
  for (const folder of [dir, paths.artifacts, paths.staging]) await mkdir(folder, { recursive: true, mode: 0o700 })
  const signer = fileSigner(
    (await readOrMakeSecret(paths.signingKey, () => Buffer.from(createSigningKey()))).toString(),
  )
  await crashPoint('birth:signing-key-stored')
  const pepper = await readOrMakeSecret(paths.pepper, () => crypto.getRandomValues(Buffer.alloc(32)))
  await crashPoint('birth:pepper-stored')
  const db = openDb(paths.database)
  try {
    await migrate(db, now())
    await crashPoint('birth:migrated')
    const born = await transact(db, async (tx) => {
      const actor = systemActor('birth')
      const by = { actor, roles: [], requestId: newId() }
      const known = await findWorkspace(tx)
      if (!known) {
        const createdAt = now().toISOString()
        await insertWorkspace(tx, {
          id: newId(),
          name,
          created_at: createdAt,
          four_eyes: wanted.fourEyes ? 1 : 0,
          four_eyes_since: null,
        })
        await insertSigningKey(tx, { ...signer, validFrom: createdAt })
        await record(
          tx,
          { now, newId },
          {
            type: 'workspace.created',
            actor,
            requestId: by.requestId,
            project: null,
            subject: { kind: 'workspace', id: name, digest: signer.keyHint },
            after: { fourEyes: wanted.fourEyes ?? false },
          },
        )
      }
      if (!(await findProject(tx, wanted.project)))
        await createProject(tx, { now, newId }, { name: wanted.project, description: '' }, by)
      const admin = await findIdentity(tx, { name: wanted.admin })
      if (known && !admin)
        throw new PlatformError('identity_not_found', `The workspace ${name} exists, and has no user ${wanted.admin}.`)
      if (known && !wanted.renewAdminKey) return { created: false, apiKey: null }
      if (!admin) {
        const id = newId()
        await insertIdentity(tx, {
          id,
          name: wanted.admin,
          kind: 'user',
          owner_id: null,
          disabled_at: null,
          created_at: now().toISOString(),
        })
        await replaceRoles(tx, id, [{ project: '*', role: 'platform-admin' }])
        await record(
          tx,
          { now, newId },
          {
            type: 'user.created',
            actor,
            requestId: by.requestId,
            project: null,
            subject: { kind: 'user', id: wanted.admin },
            after: { roles: [{ project: '*', role: 'platform-admin' }] },
          },
        )
      }
      const { secret } = await insertNewApiKey(
        tx,
        { now, newId, pepper },
        { identity: wanted.admin, expiresAt: null },
        by,
      )
      return { created: !known, apiKey: secret }
    })
    await crashPoint('birth:committed')
    return born
  } finally {
    await db.destroy()
  }
}

/** Birth goes past the wire's checks, so it asks them itself. */
function demandName(name: string): void {
  const parsed = KebabName.safeParse(name)
  if (parsed.success) return
  throw new PlatformError(
    'request_invalid',
    `${JSON.stringify(name.slice(0, 100))} cannot be a name: it ${parsed.error.issues[0]?.message}.`,
  )
}
