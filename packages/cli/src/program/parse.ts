import { type Command, CommanderError } from 'commander'
import type { Entry } from '../manifest/entry.ts'
import { buildProgram, type Called } from './build-program.ts'

export type Parsed =
  | { is: 'call'; called: Called }
  /** The version that was asked for. */
  | { is: 'version'; text: string }
  /** Help that was asked for; `of` is the command or group, empty for all of them. */
  | { is: 'help'; of: string; text: string }
  | { is: 'wrong'; message: string; help: string }

/** Reads the command line. Runs nothing and prints nothing. */
export async function parse(argv: readonly string[], entries: readonly Entry[], version: string): Promise<Parsed> {
  let called: Called | undefined
  let helped: Command | undefined
  const out: string[] = []
  const program = buildProgram({
    entries,
    version,
    argv,
    onCall: (value) => {
      called = value
    },
    output: {
      writeOut: (text) => void out.push(text),
      writeErr: (text) => void out.push(text),
      outputError: () => {},
    },
  })
  // Written before the help of whichever command is asked for it.
  program.addHelpText('beforeAll', ({ command }) => {
    helped = command
    return ''
  })
  if (argv.length === 0) return { is: 'help', of: '', text: program.helpInformation() }
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.version') return { is: 'version', text: out.join('') }
    if (error.exitCode === 0) return { is: 'help', of: nameOf(helped ?? program), text: out.join('') }
    if (error.code === 'commander.help') return { is: 'wrong', message: verbMissing(program, argv), help: out.join('') }
    return { is: 'wrong', message: plain(error.message), help: '' }
  }
  return called ? { is: 'call', called } : { is: 'help', of: '', text: program.helpInformation() }
}

/** As the manifest names it: the words after `airlock`. */
function nameOf(command: Command): string {
  const words: string[] = []
  for (let each: Command | null = command; each?.parent; each = each.parent) words.unshift(each.name())
  return words.join(' ')
}

/** Names the group that was called without a verb, and its verbs. */
function verbMissing(program: Command, argv: readonly string[]): string {
  let group = program
  for (const word of argv) group = group.commands.find((command) => command.name() === word) ?? group
  if (group === program) return 'A command is missing.'
  const verbs = group.commands.map((command) => command.name()).sort()
  return `\`airlock ${nameOf(group)}\` needs a verb: ${verbs.join(', ')}.`
}

/** `error: unknown option '--foo'\n(Did you mean --bar?)` as a sentence. */
function plain(message: string): string {
  const [what = '', hint = ''] = message.replace(/^error: /, '').split('\n')
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}${/[.?]$/.test(what) ? '' : '.'}`
  return hint === '' ? sentence : `${sentence} ${hint.replace(/^\((.*)\)$/, '$1')}`
}
