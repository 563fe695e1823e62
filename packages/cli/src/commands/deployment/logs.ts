import { supervisorFiles } from '@airlock-ml/serving'
import { followLog, lastLines } from '../../deployment/log-lines.ts'
import { folderOfService, readService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { harmless } from '../../output/harmless.ts'
import { openProjectFolder } from '../../project/config.ts'
import { readSession } from '../../project/session.ts'
import { stopSignal } from '../../up/stop-signal.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'

export default command({
  name: 'deployment logs',
  summary: 'Print what the service of a deployment on this machine logged, and its supervisor',
  description: 'With --follow it prints what comes, until Ctrl-C, which does not touch the service.',
  args: { name: { summary: 'Deployment' } },
  options: {
    follow: { short: 'f', summary: 'Go on printing' },
    lines: { value: 'N', integer: true, default: 100, summary: 'How many of the last lines' },
  },
  examples: [
    'airlock deployment logs cancer-api --workspace enterprise-production',
    'airlock deployment logs cancer-api -f --lines 20',
  ],
  run: async ({ args: { name }, options: { follow, lines: count }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = folderOfService(folder, workspace, name)
    await readService(dir, name)
    const file = supervisorFiles(dir).log
    const { lines, size } = await lastLines(file, count)
    if (!follow) return { data: { file, lines }, text: () => lines.join('\n') }
    const write = (text: string) => void context.stdout.write(harmless(text))
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
    const stop = new AbortController()
    void stopSignal().then(() => stop.abort())
    await followLog(file, { from: size, write, signal: stop.signal })
    return { data: undefined, text: () => '' }
  },
})
