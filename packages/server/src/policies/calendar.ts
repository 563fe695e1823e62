import type { Evidence, Freeze, GateVerdict, Json, PolicySpec } from '@airlock-ml/contract'
import { durationMs } from './duration.ts'

/**
 * What the calendar of a policy says at a moment, one verdict a freeze window and one for the soak time. It is asked
 * when a promotion is verified and again inside the transaction that would change the holder.
 */
export function askCalendar({ freeze, soak }: PolicySpec, evidence: Evidence, now: Date): GateVerdict[] {
  const verdicts = freeze.map((window) => askFreeze(window, now))
  return soak === undefined ? verdicts : [...verdicts, askSoak(soak, evidence, now)]
}

function askFreeze(window: Freeze, now: Date): GateVerdict {
  const local = localTime(now, window.timezone)
  const isFrozen =
    'from' in window
      ? window.from <= local.minute && local.minute < window.to
      : window.weekdays.includes(local.weekday) && window.between[0] <= local.clock && local.clock < window.between[1]
  const when =
    'from' in window ? `${window.from} to ${window.to}` : `${window.weekdays.join(', ')} ${window.between.join(' to ')}`
  return verdictOf({
    name: `freeze_${window.name}`.slice(0, 63),
    expression: `outside of ${when} ${window.timezone}`,
    passed: !isFrozen,
    values: { now: `${local.minute} ${window.timezone}` },
    message: window.message,
    remedy: `Request it again outside of ${when} (${window.timezone}).`,
  })
}

function askSoak(soak: string, { source }: Evidence, now: Date): GateVerdict {
  const stagedAt = source?.value.staged_at ?? null
  const heldMs = typeof stagedAt === 'string' ? now.getTime() - Date.parse(stagedAt) : Number.NaN
  return verdictOf({
    name: 'soak',
    expression: `held staging for ${soak}`,
    passed: heldMs >= durationMs(soak),
    values: { 'source.staged_at': stagedAt, now: now.toISOString() },
    message: stagedAt === null ? 'It never held staging.' : `It has held staging since ${String(stagedAt)} only.`,
    remedy: `Let it hold staging for ${soak}, then request it again.`,
  })
}

type Asked = {
  name: string
  expression: string
  passed: boolean
  values: Record<string, Json>
  message: string
  remedy: string
}

const verdictOf = ({ passed, message, remedy, ...asked }: Asked): GateVerdict => ({
  ...asked,
  grade: 'asserted',
  verdict: passed ? 'passed' : 'failed',
  message: passed ? null : message,
  remedy: passed ? null : remedy,
})

type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** A moment as people in a time zone read it: `2026-12-20T18:00`, `18:00` and the weekday. Such texts sort by time. */
function localTime(at: Date, timeZone: string): { minute: string; clock: string; weekday: Weekday } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const clock = `${part.hour}:${part.minute}`
  return {
    minute: `${part.year}-${part.month}-${part.day}T${clock}`,
    clock,
    weekday: part.weekday!.slice(0, 3).toLowerCase() as Weekday,
  }
}
