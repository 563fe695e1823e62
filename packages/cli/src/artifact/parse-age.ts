import { PlatformError } from '@airlock-ml/contract'

const seconds = { h: 3_600, d: 86_400, w: 604_800 }

/** `12h`, `30d`, `8w` in seconds; an hour at least, for what is younger may be in use. */
export function ageSeconds(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,5})([hdw])$/.exec(text) ?? []
  if (count !== undefined) return Number(count) * seconds[unit as keyof typeof seconds]
  throw new PlatformError(
    'cli_usage_invalid',
    `--older-than takes hours, days or weeks, as 12h, 30d or 8w, got ${JSON.stringify(text)}.`,
  )
}
