import { PlatformError } from '@airlock-ml/contract'
import { momentOf } from '../model/parse-moment.ts'

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * When a report begins: `7d`, `24h` or `2w` before now, a date, which is its first moment in UTC, or a time with a zone.
 * @throws PlatformError `cli_usage_invalid`
 */
export function sinceOf(text: string, now: Date): string {
  const [, count, unit] = /^([1-9][0-9]{0,3})([hdw])$/.exec(text) ?? []
  if (count && unit) return new Date(now.getTime() - Number(count) * units[unit]!).toISOString()
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? momentOf(`${text}T00:00Z`) : momentOf(text)
  } catch {
    const message = `--since ${text} is no time: write 24h, 7d or 2w, a date as 2026-03-01, or a time as 2026-03-01T14:30Z.`
    throw new PlatformError('cli_usage_invalid', message)
  }
}
