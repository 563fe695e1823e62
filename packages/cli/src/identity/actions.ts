import { type Action, ActionName, PlatformError } from '@airlock-ml/contract'

/** Actions as the command line names them. Throws `cli_usage_invalid` with the known ones. */
export const actionsOf = (names: readonly string[]): Action[] =>
  names.map((name) => {
    const parsed = ActionName.safeParse(name)
    if (parsed.success) return parsed.data
    throw new PlatformError(
      'cli_usage_invalid',
      `There is no action ${name}. There are: ${ActionName.options.join(', ')}.`,
    )
  })
