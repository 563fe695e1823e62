import { expect, test } from 'vitest'
import { didYouMean } from './nearest.ts'

const names = ['enterprise-dev-staging', 'enterprise-production']

test.each([
  ['enterprise-producton', 'enterprise-production'],
  ['enterprise-prod', 'enterprise-production'],
  ['ent', 'enterprise-dev-staging'],
])('%s means %s', async (given, name) => {
  expect(await didYouMean(given, names)).toBe(` Did you mean ${name}?`)
})

test('what is like nothing gets no guess', async () => {
  expect(await didYouMean('warehouse', names)).toBe('')
  expect(await didYouMean('x', [])).toBe('')
})
