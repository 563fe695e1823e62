import { existsSync } from 'node:fs'
import { type Client, createClient } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { openProjectFolder, type ProjectFolder } from '../project/config.ts'
import { layout } from '../project/layout.ts'
import { readSession, type Session } from '../project/session.ts'
import { lineLog } from '../up/line-log.ts'
import { chooseApiKey, chooseWorkspace } from './choose.ts'
import { servedUrl } from './served-url.ts'

/** A workspace that a command talks to. */
export type OpenWorkspace = {
  name: string
  project: string
  client: Client
  /** Does the promotion work that waits; null over HTTP, where the server's own worker does it. */
  advance: ((promotionId?: string) => Promise<void>) | null
  folder: ProjectFolder
  session: Session
}

/** What `login` and `init` know before it is stored. A key of null: none, to sign in with something else. */
type Known = { url?: string | undefined; apiKey?: string | null | undefined }

/**
 * Opens the named workspace, or the session's, or the first of airlock.config.ts: over HTTP when it has an address or a
 * process serves it, else in this process. It is closed when the command ends.
 */
export async function openWorkspace(context: Context, named?: string, known: Known = {}): Promise<OpenWorkspace> {
  const folder = await openProjectFolder(context.cwd)
  const stored = await readSession(folder.dir)
  const wanted = named ?? context.flags.workspace
  const session = known.url && wanted ? { ...stored, urls: { ...stored.urls, [wanted]: known.url } } : stored
  const name = await chooseWorkspace(wanted, folder, session)
  const project = context.flags.project ?? session.project ?? folder.config.project
  const apiKey = known.apiKey === undefined ? await chooseApiKey(context, folder.dir, name) : known.apiKey
  const url = session.urls?.[name] ?? folder.config.workspaces[name]?.url ?? (await servedUrl(folder.dir, name))
  if (url) return { name, project, client: clientFor(url, { apiKey }), advance: null, folder, session }
  const workspace = await openEmbedded(context, folder, name)
  const client = clientFor('http://embedded', { apiKey, fetch: workspace.fetch })
  return { name, project, client, advance: (id) => workspace.advance(id), folder, session }
}

const clientFor = (baseUrl: string, options: { apiKey: string | null; fetch?: typeof fetch }): Client =>
  createClient({
    baseUrl,
    ...(options.apiKey === null ? {} : { apiKey: options.apiKey }),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  })

async function openEmbedded(context: Context, folder: ProjectFolder, name: string) {
  const dir = layout(folder.dir).workspace(name)
  if (!existsSync(dir)) {
    throw new PlatformError('workspace_not_found', `The workspace ${name} has not been made: ${dir} does not exist.`)
  }
  const { openWorkspace: open } = await import('@airlock-ml/server')
  const log = context.env.AIRLOCK_DEBUG === '1' ? lineLog(name, context) : undefined
  const workspace = await open({ dir, exchange: folder.exchange, ...(log && { log }) })
  context.onEnd(() => workspace.close())
  return workspace
}
