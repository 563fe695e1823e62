import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { readCredentials } from '../project/credentials.ts'
import { didYouMean } from '../project/nearest.ts'
import type { Session } from '../project/session.ts'

/** Which workspace a command means: the one it names, else the session's, else the first of the configuration. */
export async function chooseWorkspace(
  named: string | undefined,
  folder: ProjectFolder,
  session: Session,
): Promise<string> {
  const known = [...new Set([...Object.keys(folder.config.workspaces), ...Object.keys(session.urls ?? {})])]
  const name = named ?? session.workspace ?? known[0] ?? ''
  if (known.includes(name)) return name
  const hint = await didYouMean(name, known)
  throw new PlatformError('workspace_not_found', `airlock.config.ts names no workspace ${name}.${hint}`, {
    workspaces: known,
  })
}

/** The API key to act with: of `--as`, of AIRLOCK_API_KEY, of the stored default, in this order. */
export async function chooseApiKey(context: Context, projectDir: string, workspace: string): Promise<string | null> {
  const as = context.flags.as
  if (as === undefined && context.env.AIRLOCK_API_KEY) return context.env.AIRLOCK_API_KEY
  const entry = (await readCredentials(projectDir))[workspace]
  if (as === undefined) return (entry?.default && entry.keys[entry.default]) || null
  const key = entry && Object.hasOwn(entry.keys, as) ? entry.keys[as] : undefined
  if (key !== undefined) return key
  const stored = Object.keys(entry?.keys ?? {})
  const hint = await didYouMean(as, stored)
  throw new PlatformError('cli_credential_not_found', `No key of ${as} is stored for ${workspace}.${hint}`, { stored })
}
