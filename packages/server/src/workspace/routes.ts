import { PlatformError, type workspaceRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { rotateSigningKey } from '../signing-keys/rotate.ts'
import { listSigningKeys } from '../signing-keys/store.ts'
import { version } from '../version.ts'
import { checkWorkspace } from './check.ts'
import { repairWorkspace } from './repair.ts'
import { findWorkspace, recoveriesOf } from './store.ts'

export const workspaceHandlers = (deps: Deps): Handlers<typeof workspaceRoutes> => ({
  showWorkspace: async () => {
    const row = await findWorkspace(deps.db)
    if (!row) throw new PlatformError('workspace_not_found', 'This database holds no workspace yet.')
    const keys = await listSigningKeys(deps.db)
    const { publicKey, keyHint } = keys.at(-1)!
    return {
      name: row.name,
      publicKey,
      keyHint,
      keys,
      createdAt: row.created_at,
      fourEyes: row.four_eyes === 1,
      fourEyesSince: row.four_eyes_since,
      recoveries: await recoveriesOf(deps.db),
      version,
    }
  },
  rotateSigningKey: ({ body }, by) => rotateSigningKey(deps, body, by),
  checkWorkspace: () => checkWorkspace(deps),
  repairWorkspace: ({ body: { dryRun } }, by) => repairWorkspace(deps, { dryRun }, by),
})
