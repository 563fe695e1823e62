import { existsSync } from 'node:fs'
import { PlatformError } from '@airlock-ml/contract'
import { command } from '../manifest/command.ts'
import { fieldLines } from '../output/show.ts'
import { openProjectFolder } from '../project/config.ts'
import { layout } from '../project/layout.ts'
import { readSession } from '../project/session.ts'
import { serveAll } from '../up/serve-all.ts'
import { stopSignal } from '../up/stop-signal.ts'
import { chooseWorkspace } from '../workspace/choose.ts'
import { servedUrl } from '../workspace/served-url.ts'

export default command({
  name: 'up',
  summary: 'Serve the workspaces of this project over HTTP, each in a process of its own',
  description: `On 127.0.0.1, from --port upward; with --workspace only that one. While it runs, other commands go over HTTP. It stops
with Ctrl-C, after it has answered what it had begun. A workspace whose process dies is started again.`,
  options: { port: { value: 'PORT', port: true, default: 8080, summary: 'First port; 0 for any' } },
  examples: ['airlock up', 'airlock up --port 9000 --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const stopped = stopSignal()
    const folder = await openProjectFolder(context.cwd)
    const session = await readSession(folder.dir)
    const names = context.flags.workspace
      ? [await chooseWorkspace(context.flags.workspace, folder, session)]
      : Object.keys(folder.config.workspaces).filter((name) => !folder.config.workspaces[name]?.url)
    for (const name of names) await assertCanServe(folder.dir, name)
    const workspaces = names.map((name, at) => ({ name, port: options.port === 0 ? 0 : options.port + at }))
    await serveAll({
      workspaces,
      cwd: folder.dir,
      env: context.env,
      note: context.note,
      stopped,
      onReady: (served) => {
        const text = context.flags.json
          ? JSON.stringify({ workspaces: served }, null, 2)
          : fieldLines(Object.fromEntries(served.map(({ name, url }) => [name, url])), context)
        context.stdout.write(`${text}\n`)
        context.note('Ctrl-C stops')
      },
    })
    return { data: undefined, text: () => '' }
  },
})

async function assertCanServe(projectDir: string, name: string): Promise<void> {
  const dir = layout(projectDir).workspace(name)
  if (!existsSync(dir)) throw new PlatformError('workspace_not_found', `The workspace ${name} has not been made.`)
  const url = await servedUrl(projectDir, name)
  if (url)
    throw new PlatformError('cli_server_failed', `${name} is served at ${url} already, by another \`airlock up\`.`)
}
