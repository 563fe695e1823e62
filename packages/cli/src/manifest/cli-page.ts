import type { CommandRecord } from './command.ts'
import { flagOf, flagsOf } from './flag.ts'
import { globalOptions } from './global-options.ts'
import type { OptionSpec, Options } from './specs.ts'

/** The page of the whole command line, in Markdown. */
export function cliPage(records: readonly CommandRecord[]): string {
  const visible = records.filter((record) => !record.hidden)
  return `<!-- Made by \`npm run generate\` from packages/cli/src/commands/. -->
# The command \`airlock\`

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 pending or incomplete.

With \`--json\` stdout holds one JSON document, the REST resource itself, for lists \`{ "items", "nextCursor" }\`, for
errors \`{ "error": PROBLEM }\`; everything else goes to stderr. With
\`--help\` as well it describes the command, a group, or without either all of them: arguments, options, examples.
\`NO_COLOR\` turns colours off, \`AIRLOCK_API_KEY\` is
the key to act with where no \`--as\` is given, \`AIRLOCK_DEBUG=1\` prints the stack of an error.

Every command takes:

${optionRows(globalOptions)}

${visible.map(section).join('\n\n')}
`
}

function section(record: CommandRecord): string {
  const parts = [`## ${record.name}`, record.summary]
  if (record.description) parts.push(record.description)
  parts.push(`    ${usage(record)}`)
  const args = Object.entries(record.args ?? {})
  if (args.length > 0) {
    const rows = args.map(([key, spec]) => row(key.toUpperCase(), spec.summary + choicesOf(spec)))
    parts.push(['| argument | |', '|---|---|', ...rows].join('\n'))
  }
  if (Object.keys(record.options ?? {}).length > 0) parts.push(optionRows(record.options ?? {}))
  parts.push(`Example:\n\n${record.examples.map((example) => `    ${example}`).join('\n')}`)
  return parts.join('\n\n')
}

export function usage(record: Pick<CommandRecord, 'name' | 'args' | 'options'>): string {
  const args = Object.entries(record.args ?? {}).map(([key, spec]) =>
    spec.optional ? `[${key.toUpperCase()}]` : key.toUpperCase(),
  )
  const options = Object.entries(record.options ?? {}).map(([key, spec]) => {
    const text = spec.value ? `${flagOf(key)} ${spec.value}` : flagOf(key)
    return spec.required ? text : `[${text}]${spec.many ? '…' : ''}`
  })
  return ['airlock', record.name, ...args, ...options].join(' ')
}

const optionRows = (options: Options): string =>
  [
    '| option | |',
    '|---|---|',
    ...Object.entries(options).map(([key, spec]) =>
      row(
        spec.value ? `${flagsOf(key, spec)} ${spec.value}` : flagsOf(key, spec),
        spec.summary + choicesOf(spec) + notes(spec),
      ),
    ),
  ].join('\n')

const row = (name: string, text: string): string => `| \`${name}\` | ${text.replaceAll('|', '\\|')} |`

const choicesOf = (spec: { choices?: readonly string[] }): string =>
  spec.choices ? `: ${spec.choices.map((choice) => `\`${choice}\``).join(', ')}` : ''

function notes(spec: OptionSpec): string {
  const said: string[] = []
  if (spec.required) said.push('required')
  if (spec.many) said.push('may be given several times')
  if (spec.default !== undefined) said.push(`default \`${spec.default}\``)
  return said.length > 0 ? ` (${said.join(', ')})` : ''
}
