import { PlatformError } from '@airlock-ml/contract'
import { supervisorFiles } from '@airlock-ml/serving'
import type { Context } from '../../context.ts'
import { followInDocker, linesInDocker } from '../../deployment/container/docker.ts'
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
  summary: 'Print what the service of a deployment on this machine logged, and its supervisor or container',
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
    if (follow && context.flags.json)
      throw new PlatformError('cli_usage_invalid', 'What comes is no one JSON document: leave out --json or --follow.')
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = folderOfService(folder, workspace, name)
    const { flavor } = await readService(dir, name)
    const stop = new AbortController()
    if (follow) void stopSignal().then(() => stop.abort())
    const write = (text: string) => void context.stdout.write(harmless(text))
    const wanted = { count, follow, write, signal: stop.signal }
    const printed =
      flavor === 'docker' ? await ofContainer(context, { workspace, name }, wanted) : await ofSupervisor(dir, wanted)
    return printed ? { data: printed, text: () => printed.lines.join('\n') } : { data: undefined, text: () => '' }
  },
})

type Wanted = { count: number; follow: boolean; write: (text: string) => void; signal: AbortSignal }
/** Null where it was written as it came. */
type Printed = { file: string | null; lines: string[] } | null

async function ofSupervisor(dir: string, { count, follow, write, signal }: Wanted): Promise<Printed> {
  const file = supervisorFiles(dir).log
  const { lines, size } = await lastLines(file, count)
  if (!follow) return { file, lines }
  if (lines.length > 0) write(`${lines.join('\n')}\n`)
  await followLog(file, { from: size, write, signal })
  return null
}

async function ofContainer(
  context: Context,
  here: { workspace: string; name: string },
  { count, follow, write, signal }: Wanted,
): Promise<Printed> {
  if (!follow) return { file: null, lines: await linesInDocker(context, here, count) }
  await followInDocker(context, here, { lines: count, write, signal })
  return null
}
