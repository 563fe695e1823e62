import { exitCodes } from '../exit-codes.ts'
import { usage } from './cli-page.ts'
import type { Entry } from './entry.ts'
import { flagOf, unwrapped } from './flag.ts'
import { globalOptions } from './global-options.ts'
import { groups } from './groups.ts'
import type { Args, OptionSpec, Options } from './specs.ts'

/** What `--help --json` prints: a command, or all commands below a group of them, as data. */
export function helpJson(entries: readonly Entry[], { version, name }: { version: string; name: string }) {
  const visible = entries.filter(({ hidden }) => !hidden)
  const entry = entries.find((each) => each.name === name)
  const below = visible.filter((each) => name === '' || each.name.startsWith(`${name} `))
  return {
    version,
    ...(entry ? commandJson(entry) : { name, summary: summaryOf(name) }),
    ...(below.length > 0 && { commands: below.map(commandJson) }),
    globalOptions: optionsJson(globalOptions),
    exitCodes,
  }
}

const summaryOf = (name: string): string =>
  (groups as Record<string, { summary: string }>)[name]?.summary ??
  'Moves machine-learning models from development into production under control.'

const commandJson = ({ name, summary, description, args = {}, options = {}, examples }: Entry) => ({
  name,
  usage: usage({ name, args, options }),
  summary,
  ...(description !== undefined && { description: unwrapped(description) }),
  arguments: argumentsJson(args),
  options: optionsJson(options),
  examples,
})

const argumentsJson = (args: Args) =>
  Object.entries(args).map(([name, { optional = false, ...spec }]) => ({ name, ...spec, required: !optional }))

const optionsJson = (options: Options) =>
  Object.entries(options).map(([key, { short, ...spec }]: [string, OptionSpec]) => ({
    flag: flagOf(key),
    ...(short !== undefined && { short: `-${short}` }),
    ...spec,
  }))
