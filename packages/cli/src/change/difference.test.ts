import { expect, test } from 'vitest'
import { jsonDifference } from './difference.ts'

test('what differs is a line each, and what does not is left out', () => {
  const before = { name: 'production', approvals: { required: 2, roles: ['approver'] }, soak: '24h' }
  const after = { name: 'production', approvals: { required: 1, roles: ['approver'] } }
  expect(jsonDifference(before, after)).toEqual(['approvals.required: 2 → 1', 'soak: 24h → none'])
})

test('a gate that is gone or edited is found by its name, wherever it stands', () => {
  const gate = (name: string, expression: string) => ({ name, expression })
  const before = { gates: [gate('accuracy', 'a >= 0.95'), gate('recall', 'r >= 0.9')] }
  const after = { gates: [gate('recall', 'r >= 0.8')] }
  expect(jsonDifference(before, after)).toEqual([
    'gates.accuracy.expression: a >= 0.95 → none',
    'gates.recall.expression: r >= 0.9 → r >= 0.8',
  ])
})

test('roles read as people name them, and what was not there comes from nothing', () => {
  expect(jsonDifference(null, { name: 'eve', roles: [{ project: '*', role: 'platform-admin' }] })).toEqual([
    'name: none → eve',
    'roles: none → platform-admin (*)',
  ])
})
