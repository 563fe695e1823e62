const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `3 h ago`; the date itself when it is more than 30 days away. */
export function relativeTime(timestamp: string, now: Date): string {
  const ageMs = now.getTime() - new Date(timestamp).getTime()
  if (Math.abs(ageMs) < 1_000) return 'just now'
  if (Math.abs(ageMs) > 30 * 86_400_000) return timestamp.slice(0, 10)
  const [unit, sizeMs] = units.find(([, size]) => Math.abs(ageMs) >= size) ?? ['s', 1_000]
  const count = Math.floor(Math.abs(ageMs) / sizeMs)
  return ageMs < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`
}

/** `840 ms`, `3.2 s`, `4 min 5 s`. */
export function duration(fromMs: number, toMs: number): string {
  const ms = Math.max(0, toMs - fromMs)
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}

/** How long something took by its two timestamps; `…` while it goes on. */
export const durationBetween = (startedAt: string, endedAt: string | null): string =>
  endedAt === null ? '…' : duration(Date.parse(startedAt), Date.parse(endedAt))
