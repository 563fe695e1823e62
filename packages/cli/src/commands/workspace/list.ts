import { existsSync } from 'node:fs'
import { command } from '../../manifest/command.ts'
import { listed } from '../../output/table.ts'
import { openProjectFolder } from '../../project/config.ts'
import { readCredentials } from '../../project/credentials.ts'
import { layout } from '../../project/layout.ts'
import { readSession } from '../../project/session.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'
import { servedUrl } from '../../workspace/served-url.ts'

export default command({
  name: 'workspace list',
  summary: 'List the workspaces of this project and how they are reached',
  examples: ['airlock workspace list'],
  run: async ({ context }) => {
    const folder = await openProjectFolder(context.cwd)
    const session = await readSession(folder.dir)
    const credentials = await readCredentials(folder.dir)
    const current = await chooseWorkspace(context.flags.workspace, folder, session)
    const names = new Set([...Object.keys(folder.config.workspaces), ...Object.keys(session.urls ?? {})])
    const items = await Promise.all(
      [...names].map(async (name) => {
        const configured = session.urls?.[name] ?? folder.config.workspaces[name]?.url
        const url = configured ?? (await servedUrl(folder.dir, name))
        const isMade = configured !== undefined || existsSync(layout(folder.dir).workspace(name))
        return { name, url, isMade, isCurrent: name === current, identity: credentials[name]?.default ?? null }
      }),
    )
    return listed(
      { items, nextCursor: null },
      {
        Name: ({ name, isCurrent }) => (isCurrent ? `${name} *` : name),
        Reached: ({ url, isMade }) => url ?? (isMade ? 'embedded' : 'not made yet: airlock init'),
        'Signed in as': ({ identity }) => identity,
      },
      context,
    )
  },
})
