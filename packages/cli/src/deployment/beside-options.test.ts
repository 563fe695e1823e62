import { expect, test } from 'vitest'
import { type BesideOptions, besideFrom } from './beside-options.ts'

const from = (options: Partial<BesideOptions>) =>
  besideFrom({
    challenger: undefined,
    mode: 'shadow',
    withoutChallenger: false,
    rollout: undefined,
    withoutRollout: false,
    share: undefined,
    step: [],
    comparison: undefined,
    guard: [],
    ...options,
  })

test('what is not named is left out, and null ends it', () => {
  expect(from({})).toEqual({})
  expect(from({ withoutChallenger: true })).toEqual({ challenger: null })
  expect(from({ withoutRollout: true })).toEqual({ rollout: null })
  expect(from({ challenger: 4 })).toEqual({ challenger: { number: 4, mode: 'shadow', steps: [], comparison: null } })
})

test('steps are of the canary or of the rollout that is named', () => {
  const steps = [
    { share: 0.25, minutes: 30 },
    { share: 1, minutes: 0.5 },
  ]
  const step = ['25:30', '100:0.5']
  expect(from({ challenger: 4, mode: 'canary', share: '2.5', step, comparison: 'strict' })).toEqual({
    challenger: { number: 4, mode: 'canary', share: 0.025, steps, comparison: 'strict' },
  })
  expect(from({ rollout: '5', step })).toEqual({ rollout: { share: 0.05, steps, comparison: null } })
})

test.each<Partial<BesideOptions>>([
  { challenger: 4, withoutChallenger: true },
  { rollout: '5', withoutRollout: true },
  { challenger: 4, rollout: '5' },
  { step: ['25:30'] },
  { rollout: '5' },
  { rollout: '5', step: ['25:30'] },
  { rollout: '5', step: ['25'] },
  { rollout: '5', step: ['25:-1'] },
  { rollout: '101' },
  { rollout: '1e1' },
  { challenger: 4, share: '' },
])('%j is refused', (options) => {
  expect(() => from(options)).toThrow(expect.objectContaining({ code: 'cli_usage_invalid' }))
})
