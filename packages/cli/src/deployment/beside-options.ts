import { PlatformError } from '@airlock-ml/contract'
import { guardsFrom } from './guards.ts'

/** Options that say who answers beside whom. */
export type BesideOptions = {
  challenger: number | undefined
  mode: 'shadow' | 'canary'
  withoutChallenger: boolean
  rollout: string | undefined
  withoutRollout: boolean
  share: string | undefined
  step: readonly string[]
  comparison: string | undefined
  guard: readonly string[]
}

/** The challenger and the rollout of an update; what is not to be changed is left out. */
export function besideFrom(options: BesideOptions) {
  const { challenger, withoutChallenger, rollout, withoutRollout, step } = options
  if (challenger !== undefined && withoutChallenger) throw either('--challenger', '--without-challenger')
  if (rollout !== undefined && withoutRollout) throw either('--rollout', '--without-rollout')
  if (challenger !== undefined && rollout !== undefined) throw either('--challenger', '--rollout')
  if (step.length > 0 && challenger === undefined && rollout === undefined)
    throw new PlatformError('cli_usage_invalid', 'A --step is of a --challenger or of a --rollout.')
  if (options.guard.length > 0 && challenger === undefined && rollout === undefined)
    throw new PlatformError('cli_usage_invalid', 'A --guard is of a --challenger or of a --rollout.')
  if (rollout !== undefined && step.map(stepOf).at(-1)?.share !== 1)
    throw new PlatformError(
      'cli_usage_invalid',
      `A rollout ends where everything is answered: its last --step is of 100, as --rollout ${rollout} --step 100:60.`,
    )
  return {
    ...(withoutChallenger && { challenger: null }),
    ...(withoutRollout && { rollout: null }),
    ...(challenger !== undefined && { challenger: challengerFrom(challenger, options) }),
    ...(rollout !== undefined && {
      rollout: { share: shareOf(rollout), steps: step.map(stepOf), ...judgedBy(options) },
    }),
  }
}

const judgedBy = ({ comparison, guard }: Pick<BesideOptions, 'comparison' | 'guard'>) => ({
  comparison: comparison ?? null,
  ...(guard.length > 0 && { guards: guardsFrom(guard) }),
})

const challengerFrom = (number: number, { mode, share, step, ...options }: BesideOptions) => ({
  number,
  mode,
  ...(share !== undefined && { share: shareOf(share) }),
  steps: step.map(stepOf),
  ...judgedBy(options),
})

const either = (one: string, other: string) => new PlatformError('cli_usage_invalid', `Give either ${one} or ${other}.`)

function stepOf(text: string): { share: number; minutes: number } {
  const [percent = '', minutes = ''] = text.split(':')
  if (/^\d+(\.\d+)?$/.test(minutes)) return { share: shareOf(percent), minutes: Number(minutes) }
  throw new PlatformError('cli_usage_invalid', `--step takes PERCENT:MINUTES, as 25:30, and not ${text}.`)
}

function shareOf(percent: string): number {
  const share = /^\d{1,3}(\.\d+)?$/.test(percent) ? Number(percent) / 100 : Number.NaN
  if (share <= 1) return share
  throw new PlatformError('cli_usage_invalid', `A share is a percentage from 0 to 100, and not ${percent}.`)
}
