import type { Benchmark } from './benchmark.ts'
import { installCommand } from './installed-command.ts'
import { measureInTurn } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 31

/** Start-up of the command: all that stands between a user and the help. */
export const cliHelp: Benchmark = {
  name: 'cli-help',
  summary: 'The packed command printing its help, to an empty `node -e 0`.',
  bar: { is: 'at most', ratio: 2.5 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      note('packing')
      const { airlock, emptyNode } = await installCommand(dir)
      const contenders = { 'airlock --help': () => airlock(['--help'], dir), 'node -e 0': emptyNode }
      const measured = await measureInTurn(contenders, { rounds, note })
      return { measured, ratio: measured['airlock --help'].medianMs / measured['node -e 0'].medianMs }
    }),
}
