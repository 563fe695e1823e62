import { expect, test } from 'vitest'
import { canaryFrom } from './canary.ts'

const wanted = { modelVersion: 4, steps: '5,25,100', hold: '90s', guard: [] as string[], comparison: undefined }

test('a canary comes to each share after the same time, with its guards and their defaults', () => {
  expect(canaryFrom({ ...wanted, guard: ['errorRate=0.02', 'p99Ratio=none', 'drift=true'] })).toEqual({
    ...{ number: 4, mode: 'canary', share: 0.05, comparison: null },
    steps: [
      { share: 0.25, minutes: 1.5 },
      { share: 1, minutes: 1.5 },
    ],
    guards: {
      ...{ errorRate: 0.02, p99Ratio: null, disagreement: null, maxMinutes: null },
      ...{ windowSeconds: 300, minRows: 500, drift: true, worse: true },
    },
  })
  expect(canaryFrom({ ...wanted, steps: '12.5', hold: '2h' })).toMatchObject({ share: 0.125, steps: [] })
})

test.each([
  [{ steps: '5,25,20' }, 'rising percentages'],
  [{ steps: '0,5' }, 'rising percentages'],
  [{ steps: '5,101' }, 'rising percentages'],
  [{ steps: '' }, 'rising percentages'],
  [{ hold: 'long' }, '90s, 10m or 2h'],
  [{ guard: ['errorRat=0.02'] }, 'Did you mean "errorRate"?'],
  [{ guard: ['errorRate=2'] }, 'errorRate'],
  [{ guard: ['errorRate'] }, 'NAME=NUMBER'],
])('%o is refused in words', (change, message) => {
  expect(() => canaryFrom({ ...wanted, ...change })).toThrow(message)
})
