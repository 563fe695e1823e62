import { DeploymentSettingsChange, PlatformError } from '@airlock-ml/contract'

const FORMAT = /^(?:(limits|log)\.)?([A-Za-z]+)=(.*)$/s

/** `port=8123` and `limits.rowsPerRequest=500` as a change of settings; a value is JSON, or text as it is. */
export function settingsFrom(pairs: readonly string[]): DeploymentSettingsChange {
  const parts = { all: new Map<string, unknown>(), limits: new Map<string, unknown>(), log: new Map<string, unknown>() }
  for (const pair of pairs) {
    const [, group, name, text] = FORMAT.exec(pair) ?? []
    if (name === undefined || text === undefined)
      throw new PlatformError(
        'cli_usage_invalid',
        `--set takes NAME=VALUE, limits.NAME=VALUE or log.NAME=VALUE, and not ${pair}.`,
      )
    parts[(group ?? 'all') as keyof typeof parts].set(name, parsed(text))
  }
  const { all, limits, log } = parts
  if (limits.size > 0) all.set('limits', Object.fromEntries(limits))
  if (log.size > 0) all.set('log', Object.fromEntries(log))
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
