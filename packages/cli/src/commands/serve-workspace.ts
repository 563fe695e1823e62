import { command } from '../manifest/command.ts'
import { openProjectFolder } from '../project/config.ts'
import { layout } from '../project/layout.ts'
import { readSession } from '../project/session.ts'
import { lineLog } from '../up/line-log.ts'
import { stopSignal } from '../up/stop-signal.ts'
import { chooseWorkspace } from '../workspace/choose.ts'

export default command({
  name: 'serve-workspace',
  summary: 'Serve one workspace, as a process of `airlock up`',
  hidden: true,
  args: { name: { summary: 'Workspace' } },
  options: {
    host: { value: 'HOST', summary: 'Address to listen on', default: '127.0.0.1' },
    port: { value: 'PORT', port: true, summary: 'Port to listen on', required: true },
  },
  examples: [],
  run: async ({ args, options, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const name = await chooseWorkspace(args.name, folder, await readSession(folder.dir))
    const { serveWorkspace } = await import('@airlock-ml/server')
    const stopped = stopSignal()
    // Open, the channel to `airlock up` keeps a process alive that has failed.
    context.onEnd(() => {
      if (process.connected) process.disconnect()
    })
    const server = await serveWorkspace({
      dir: layout(folder.dir).workspace(name),
      exchange: folder.exchange,
      host: options.host,
      port: options.port,
      log: lineLog(name, context),
    })
    process.send?.({ url: server.url })
    await stopped
    await server.close()
    return { data: undefined, text: () => '' }
  },
})
