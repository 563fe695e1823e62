import { Argument, Command, InvalidArgumentError, Option, type OutputConfiguration } from 'commander'
import type { Entry } from '../manifest/entry.ts'
import { flagsOf, unwrapped } from '../manifest/flag.ts'
import { globalOptions } from '../manifest/global-options.ts'
import { groups } from '../manifest/groups.ts'
import type { OptionSpec, Options } from '../manifest/specs.ts'

/** What was called: the command and its parsed arguments, still unloaded. */
export type Called = {
  entry: Entry
  args: Record<string, unknown>
  options: Record<string, unknown>
  globals: Record<string, unknown>
}

const MAX_PORT = 65_535

type Group = { heading: string; summary: string }

type Build = {
  entries: readonly Entry[]
  version: string
  argv: readonly string[]
  /** Told what was asked for. Parsing runs nothing. */
  onCall: (called: Called) => void
  output: OutputConfiguration
}

/**
 * Makes the parser of the manifest. Only commands whose words stand in `argv` get their arguments and options: to
 * describe all of them takes longer than everything else before the first line of help.
 */
export function buildProgram({ entries, version, argv, onCall, output }: Build): Command {
  const program = new Command('airlock')
    .description('Moves machine-learning models from development into production under control.')
    .version(version, '--version', 'Print the version')
    .helpOption('--help', 'Print help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput(output)
    .configureHelp({ sortSubcommands: false, subcommandTerm: (command) => command.name() })
  addOptions(program, globalOptions)
  const byName = new Map<string, Command>([['', program]])
  // In the order of the groups; parents first, so that `run` is a command of its own before `run list` joins it.
  const ordered = [...entries].sort((a, b) => rank(a.name) - rank(b.name) || depth(a.name) - depth(b.name))
  for (const entry of ordered) {
    const command = ensureCommand(byName, entry.name, entry.hidden ?? false)
    command.summary(entry.summary)
    if (!entry.name.split(' ').every((word) => argv.includes(word))) continue
    describe(command, entry)
    command.action(() => onCall(calledWith(command, entry)))
  }
  // A group takes the global options as well: they may stand before its verb, and beside a verb that is missing.
  const own = new Set(['', ...entries.map(({ name }) => name)])
  for (const [name, group] of byName)
    if (!own.has(name) && name.split(' ').every((word) => argv.includes(word))) addOptions(group, globalOptions)
  return program
}

const depth = (name: string): number => name.split(' ').length
const groupNames = Object.keys(groups)
/** Hidden commands have no group and come last. */
const rank = (name: string): number => {
  const at = groupNames.indexOf(name.split(' ')[0] ?? '')
  return at < 0 ? groupNames.length : at
}

function ensureCommand(byName: Map<string, Command>, name: string, hidden: boolean): Command {
  const existing = byName.get(name)
  if (existing) return existing
  const words = name.split(' ')
  const parent = ensureCommand(byName, words.slice(0, -1).join(' '), false)
  const command = parent
    .command(words.at(-1) ?? name, { hidden })
    .helpOption('--help', 'Print help')
    .helpCommand(false)
  command.enablePositionalOptions()
  const group = (groups as Record<string, Group>)[name]
  if (group) command.helpGroup(`${group.heading}:`).description(group.summary)
  byName.set(name, command)
  return command
}

function describe(command: Command, entry: Entry): void {
  command.description(entry.description ? `${entry.summary}\n\n${unwrapped(entry.description)}` : entry.summary)
  for (const [key, spec] of Object.entries(entry.args ?? {})) {
    const argument = new Argument(spec.optional ? `[${key}]` : `<${key}>`, spec.summary)
    if (spec.choices) argument.choices(spec.choices)
    if (spec.integer) argument.argParser(wholeNumber)
    command.addArgument(argument)
  }
  addOptions(command, entry.options ?? {})
  command.optionsGroup('Global options:')
  addOptions(command, globalOptions)
  if (entry.examples.length > 0) {
    command.addHelpText('after', `\nExamples:\n${entry.examples.map((example) => `  ${example}`).join('\n')}`)
  }
}

function addOptions(command: Command, options: Options): void {
  for (const [key, spec] of Object.entries(options)) command.addOption(optionOf(key, spec))
}

function optionOf(key: string, spec: OptionSpec): Option {
  const option = new Option(spec.value ? `${flagsOf(key, spec)} <${spec.value}>` : flagsOf(key, spec), spec.summary)
  // `--no-cache` is a flag like any other, and no opposite of `--cache`.
  option.negate = false
  if (spec.choices) option.choices(spec.choices)
  if (spec.integer) option.argParser(wholeNumber)
  if (spec.port) option.argParser(portNumber)
  if (spec.many)
    option
      .argParser((value: string, previous: string[]) => [...previous, value])
      .default([], 'none; may be given several times')
  if (spec.default !== undefined) option.default(spec.default)
  if (spec.required) option.makeOptionMandatory()
  return option
}

function wholeNumber(value: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(value)) throw new InvalidArgumentError('It must be a whole number above zero.')
  return Number(value)
}

function portNumber(value: string): number {
  if (!/^(0|[1-9][0-9]{0,4})$/.test(value) || Number(value) > MAX_PORT)
    throw new InvalidArgumentError(`A port is a whole number from 1 to ${MAX_PORT}, or 0 for any that is free.`)
  return Number(value)
}

function calledWith(command: Command, entry: Entry): Called {
  const given = command.opts()
  const args = Object.fromEntries(Object.keys(entry.args ?? {}).map((key, at) => [key, command.processedArgs[at]]))
  const options = Object.fromEntries(
    Object.entries(entry.options ?? {}).map(([key, spec]) => [key, given[key] ?? (spec.value ? undefined : false)]),
  )
  const lineage = [command]
  for (let parent = command.parent; parent; parent = parent.parent) lineage.push(parent)
  const globals = Object.fromEntries(
    Object.keys(globalOptions).map((key) => [
      key,
      lineage.map((one) => one.opts()[key]).find((it) => it !== undefined),
    ]),
  )
  return { entry, args, options, globals }
}
