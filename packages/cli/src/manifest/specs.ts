/** One positional argument; the key it stands under is its placeholder in lower case. */
export type ArgSpec = {
  readonly summary: string
  readonly optional?: true
  /** A whole number above zero. */
  readonly integer?: true
  readonly choices?: readonly string[]
}

/** One option; the key it stands under is its name in camelCase. */
export type OptionSpec = {
  readonly summary: string
  /** One letter, for `-o`. */
  readonly short?: string
  /** Placeholder of its value, in capitals. Without it the option is a switch. */
  readonly value?: string
  /** A whole number above zero. */
  readonly integer?: true
  /** A port to listen on, or 0 for any that is free. */
  readonly port?: true
  /** May be given several times. */
  readonly many?: true
  readonly required?: true
  readonly choices?: readonly string[]
  readonly default?: string | number
}

export type Args = Readonly<Record<string, ArgSpec>>
export type Options = Readonly<Record<string, OptionSpec>>

/** Everything about a command but what it does. */
export type Described<A extends Args = Args, O extends Options = Options> = {
  /** As it is typed, without `airlock`: the path of its file below `commands/`. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly args?: A
  readonly options?: O
  readonly examples: readonly string[]
  /** Left out of help, docs and completion: for the platform's own processes. */
  readonly hidden?: true
}
