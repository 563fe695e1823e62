import { PlatformError } from '@airlock-ml/contract'

const dateOnly = /^\d{4}-\d{2}-\d{2}$/
const withZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

/**
 * A moment as people give it, in UTC to the millisecond: ISO with a time zone, or a date, which is the end of that day
 * in UTC. A time without a zone is refused, because its reader and its writer may mean two moments.
 * @throws PlatformError `cli_usage_invalid`
 */
export function momentOf(text: string): string {
  const iso = dateOnly.test(text) ? `${text}T23:59:59.999Z` : text
  const moment = new Date(iso)
  // A day that is not in the calendar would roll over into the next month.
  const isReal = withZone.test(iso) && !Number.isNaN(moment.getTime()) && isInCalendar(text.slice(0, 10))
  if (isReal) return moment.toISOString()
  throw new PlatformError(
    'cli_usage_invalid',
    `--at ${text} is no moment: write it as 2026-03-01T14:30Z or 2026-03-01T15:30+01:00, or as the date 2026-03-01, which is the end of that day in UTC.`,
  )
}

const isInCalendar = (date: string) => {
  const day = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date)
}
