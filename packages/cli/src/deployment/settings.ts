import { DeploymentSettingsChange, PlatformError } from '@airlock-ml/contract'

const FORMAT = /^(?:(limits|log|monitoring)\.)?([A-Za-z]+)=(.*)$/s

/** `port=8123` and `limits.rowsPerRequest=500` as a change of settings; a value is JSON, or text as it is. */
export function settingsFrom(pairs: readonly string[]): DeploymentSettingsChange {
  const part = () => new Map<string, unknown>()
  const parts = { all: part(), limits: part(), log: part(), monitoring: part() }
  for (const pair of pairs) {
    const [, group, name, text] = FORMAT.exec(pair) ?? []
    if (name === undefined || text === undefined)
      throw new PlatformError(
        'cli_usage_invalid',
        `--set takes NAME=VALUE, limits.NAME=VALUE, log.NAME=VALUE or monitoring.NAME=VALUE, and not ${pair}.`,
      )
    parts[(group ?? 'all') as keyof typeof parts].set(name, parsed(text))
  }
  const { all, ...groups } = parts
  for (const [group, values] of Object.entries(groups)) if (values.size > 0) all.set(group, Object.fromEntries(values))
  const read = DeploymentSettingsChange.safeParse(Object.fromEntries(all))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new PlatformError('cli_usage_invalid', `--set${where && ` ${where}`}: ${issue?.message}.`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
