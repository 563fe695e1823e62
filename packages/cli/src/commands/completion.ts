import { command } from '../manifest/command.ts'
import { completionScript } from '../manifest/completion.ts'

export default command({
  name: 'completion',
  summary: 'Print a script that completes commands and options in a shell',
  args: { shell: { summary: 'Shell', choices: ['bash', 'zsh', 'fish'] } },
  examples: ['source <(airlock completion bash)', 'airlock completion fish | source'],
  run: async ({ args, context }) => {
    const script = completionScript(context.commands, args.shell)
    return { data: { shell: args.shell, script }, text: () => script }
  },
})
