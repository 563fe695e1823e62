import type { Client } from '@airlock-ml/client'
import { createClient } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import type { Contact } from '@airlock-ml/serving'
import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { layout } from '../project/layout.ts'
import { readSession } from '../project/session.ts'
import { servedUrl } from '../workspace/served-url.ts'
import { containerEnv } from './container/image.ts'
import { readService } from './service-folder.ts'

type Embedded = { fetch: typeof fetch; close: () => Promise<void> }

/**
 * How a service reaches its workspace, anew for each exchange, since it may come and go: over HTTP when it has an address
 * or is served here, else by opening it in this process for as long as an exchange lasts. The secret is read each time,
 * so that a new one is taken up without a restart.
 */
export function openContact(
  folder: ProjectFolder,
  { workspace, name, dir, env }: { workspace: string; name: string; dir: string; env: Context['env'] },
): { contact: Contact; close: () => Promise<void> } {
  let opened: { workspace: Promise<Embedded>; users: number } | null = null
  const clientOf = async (url: string, embedded?: typeof fetch): Promise<Client> => {
    const secret = env[containerEnv.secret] ?? (await readService(dir, name)).secret
    return createClient({ baseUrl: url, apiKey: secret, ...(embedded && { fetch: embedded }) })
  }
  const urlNow = async () => {
    const given = env[containerEnv.workspaceUrl]
    if (given) return given
    const { urls } = await readSession(folder.dir)
    return urls?.[workspace] ?? folder.config.workspaces[workspace]?.url ?? (await servedUrl(folder.dir, workspace))
  }
  const release = async (mine: NonNullable<typeof opened>) => {
    mine.users--
    if (mine.users > 0) return
    if (opened === mine) opened = null
    await (await mine.workspace.catch(() => null))?.close()
  }
  return {
    contact: async (talk) => {
      const url = await urlNow()
      if (url) return await talk(await clientOf(url))
      const mine = opened ?? { workspace: openEmbedded(folder, workspace), users: 0 }
      opened = mine
      mine.users++
      try {
        const { fetch } = await mine.workspace
        return await talk(await clientOf('http://embedded', fetch))
      } finally {
        await release(mine)
      }
    },
    // Whoever still waits there is told that it closes.
    close: async () => {
      const mine = opened
      opened = null
      await (await mine?.workspace.catch(() => null))?.close()
    },
  }
}

async function openEmbedded(folder: ProjectFolder, name: string): Promise<Embedded> {
  const { openWorkspace } = await import('@airlock-ml/server')
  const open = openWorkspace({ dir: layout(folder.dir).workspace(name), exchange: folder.exchange })
  return await open.catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('workspace_unreachable', `The workspace ${name} cannot be opened: ${why}`, {}, { cause })
  })
}
