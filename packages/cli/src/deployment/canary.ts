import { type Challenger, PlatformError } from '@airlock-ml/contract'
import { guardsFrom } from './guards.ts'

type Wanted = {
  modelVersion: number
  steps: string
  hold: string
  guard: readonly string[]
  comparison: string | undefined
}

/** A canary that comes from each share to the next after the same time. @throws PlatformError `cli_usage_invalid` */
export function canaryFrom({ modelVersion: number, steps, hold, guard, comparison }: Wanted): Challenger {
  const [share = 0, ...larger] = sharesOf(steps)
  const minutes = minutesOf(hold)
  return {
    ...{ number, mode: 'canary', share, comparison: comparison ?? null, guards: guardsFrom(guard) },
    steps: larger.map((each) => ({ share: each, minutes })),
  }
}

function sharesOf(text: string): number[] {
  const shares = text.split(',').map((each) => (/^\d{1,3}(\.\d+)?$/.test(each) ? Number(each) / 100 : Number.NaN))
  if (shares.every((share, at) => share <= 1 && share > (shares[at - 1] ?? 0))) return shares
  throw new PlatformError('cli_usage_invalid', `--steps takes rising percentages, as 5,25,50,100, and not ${text}.`)
}

function minutesOf(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? []
  if (count && unit) return Number(count) * { s: 1 / 60, m: 1, h: 60 }[unit as 's' | 'm' | 'h']
  throw new PlatformError('cli_usage_invalid', `--hold takes a time, as 90s, 10m or 2h, and not ${text}.`)
}
