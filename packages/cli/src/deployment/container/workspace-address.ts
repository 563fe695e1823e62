import { PlatformError } from '@airlock-ml/contract'
import type { ProjectFolder } from '../../project/config.ts'
import type { Session } from '../../project/session.ts'

/**
 * Where a container finds the workspace.
 * @throws PlatformError `flavor_unavailable` for a workspace that only this machine can open
 */
export function addressOf(folder: ProjectFolder, { urls }: Session, workspace: string): string {
  const url = urls?.[workspace] ?? folder.config.workspaces[workspace]?.url
  if (url) return url
  throw new PlatformError(
    'flavor_unavailable',
    `A container reaches its workspace over HTTP, and ${workspace} has no \`url\` in airlock.config.ts.`,
  )
}
