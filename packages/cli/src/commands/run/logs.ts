import { PlatformError } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { harmless } from '../../output/harmless.ts'
import { followLogs, type LoggedLine } from '../../run/follow-logs.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { stopSignal } from '../../up/stop-signal.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run logs',
  summary: 'Print what the steps of a run logged, oldest first',
  description: `With --follow it prints what comes until the run ends, or until Ctrl-C, which does not touch the run. With --json it then
prints one line of JSON for each line.`,
  args: { id: runArg },
  options: {
    follow: { short: 'f', summary: 'Go on printing until the run ends' },
    step: { value: 'NAME', summary: 'Of this step only' },
    level: { value: 'LEVEL', summary: 'Of this level and above', choices: ['debug', 'info', 'warn', 'error'] },
    ...pageOptions,
    limit: { ...pageOptions.limit, default: 200 },
  },
  examples: [
    'airlock run logs 0198c0de-0000-7000-8000-000000000000 --step train_model',
    'airlock run logs 0198c0de-0000-7000-8000-000000000000 -f --level warn',
  ],
  run: async ({ args, options: { follow, step, level, limit, cursor }, context }) => {
    if (follow && cursor !== undefined)
      throw new PlatformError('cli_usage_invalid', '--follow prints every line: it takes no --cursor.')
    const workspace = await openWorkspace(context)
    const runId = await whichRun(workspace, args.id)
    const { dim, red, yellow } = context.colours
    const tint = { debug: dim, info: (text: string) => text, warn: yellow, error: red }
    const textOf = ({ at, level: name, step: from, message, fields }: LoggedLine) =>
      `${dim(at)} ${tint[name](name.padEnd(5))} ${dim(from)} ${message}${fields ? ` ${dim(JSON.stringify(fields))}` : ''}`
    if (follow) {
      const stop = new AbortController()
      void stopSignal().then(() => stop.abort())
      const onLine = (line: LoggedLine) =>
        void context.stdout.write(`${context.flags.json ? JSON.stringify(line) : harmless(textOf(line))}\n`)
      const status = await followLogs(workspace, { runId, step, level, onLine, signal: stop.signal })
      context.note(status === 'running' ? 'the run goes on' : `the run is ${status}`)
      return { data: undefined, text: () => '' }
    }
    const { client, project } = workspace
    const page = await client.listLogs({ project, runId, step, level, limit, cursor })
    return {
      data: page,
      text: () => {
        if (page.nextCursor) context.note(`There are more: add --cursor ${page.nextCursor}`)
        return page.items.map(textOf).join('\n')
      },
    }
  },
})
