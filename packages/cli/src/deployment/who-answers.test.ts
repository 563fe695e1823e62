import { type Deployment, Guards, type ServiceReport } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { whoAnswers } from './who-answers.ts'

const since = '2026-05-01T12:00:00.000Z'
const now = new Date('2026-05-01T12:10:00.000Z')
const report = (challengerNumber: number | null) => ({ number: 1, challengerNumber }) as ServiceReport
const guards = Guards.parse({ disagreement: 0.1, minRows: 50 })
const canary = {
  ...{ number: 2, mode: 'canary' as const, share: 0.05, steps: [{ share: 0.5, minutes: 30 }], comparison: null, since },
  guards,
}
const deployment = {
  ...{ model: 'risk', report: report(null), reportedAt: '2026-05-01T12:09:59.000Z', rollout: null, challenger: null },
} satisfies Partial<Deployment>

test('who answers alone, and who beside it with its share, its next step and what ends it', () => {
  expect(whoAnswers(deployment, now)).toEqual({ answers: 'risk 1', rollout: undefined, challenger: undefined })
  expect(whoAnswers({ ...deployment, report: report(2), challenger: canary }, now)).toMatchObject({
    answers: 'risk 1, and 2 beside it',
    challenger:
      '2 as canary of 5 %, more in 20 min\nguards errorRate 0.05, p99Ratio 3, disagreement 0.1, worse; of the last 300 s, some from 50 rows of each side on',
  })
  const shadow = {
    ...canary,
    mode: 'shadow' as const,
    steps: [],
    guards: Guards.parse({ errorRate: null, worse: false }),
  }
  expect(whoAnswers({ ...deployment, report: null, challenger: shadow }, now)).toMatchObject({
    ...{ answers: null, challenger: '2 as shadow\nno guards' },
  })
})

test('a challenger that its service does not ask is not told of as if it were', () => {
  const left = (reportedAt: string) => whoAnswers({ ...deployment, reportedAt, challenger: canary }, now).challenger
  expect(left('2026-05-01T12:00:01.000Z')).toContain('\nits service does not ask it now\n')
  expect(left('2026-05-01T11:59:59.000Z')).not.toContain('does not ask')
})

test('what a rollout held back, since when and why', () => {
  const heldBack = { number: 2, rest: 1, at: '2026-05-01T12:05:00.000Z', by: 'svc', reason: 'It failed.' }
  const rollout = { share: 0.2, steps: [{ share: 1, minutes: 60 }], comparison: null, guards, since, again: null }
  expect(whoAnswers({ ...deployment, rollout: { ...rollout, heldBack } }, now).rollout).toMatch(
    /^20 %, 100 % after 60 min\nguards .+\n2 was held back 5 min ago by svc: It failed\.$/,
  )
})
