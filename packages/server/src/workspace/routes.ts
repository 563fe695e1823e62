import { PlatformError, type workspaceRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { version } from '../version.ts'
import { checkWorkspace } from './check.ts'
import { findWorkspace } from './store.ts'

export const workspaceHandlers = (deps: Deps): Handlers<typeof workspaceRoutes> => ({
  showWorkspace: async () => {
    const row = await findWorkspace(deps.db)
    if (!row) throw new PlatformError('workspace_not_found', 'This database holds no workspace yet.')
    return { name: row.name, publicKey: row.public_key, keyHint: row.key_hint, createdAt: row.created_at, version }
  },
  checkWorkspace: () => checkWorkspace(deps),
})
