import { expect, test } from 'vitest'
import { faultOf } from './contradictions.ts'

const given = {
  sourceWorkspace: 'dev',
  destination: 'prod',
  sourceStage: undefined,
  modelVersion: undefined,
  exportOnly: false,
  importFrom: undefined,
  plan: false,
}

test('the ways of the plan stand: whole, export alone, import alone', () => {
  expect(faultOf(given)).toBeNull()
  expect(faultOf({ ...given, destination: undefined, exportOnly: true, sourceStage: 'staging' })).toBeNull()
  expect(faultOf({ ...given, sourceWorkspace: undefined, importFrom: 'file:///b' })).toBeNull()
  expect(faultOf({ ...given, plan: true, modelVersion: 3 })).toBeNull()
})

test.each([
  [{ exportOnly: true, importFrom: 'file:///b' }, '--import-from'],
  [{ exportOnly: true, plan: true }, '--plan'],
  [{ importFrom: 'file:///b' }, 'leave out --source-workspace'],
  [{ importFrom: 'file:///b', sourceWorkspace: undefined, modelVersion: 3 }, '--model-version'],
  [{ sourceStage: 'staging', modelVersion: 3 }, 'give one of them'],
  [{ sourceWorkspace: undefined }, '--source-workspace is missing'],
  [{ destination: undefined }, '--dest-workspace is missing'],
])('%j cannot stand', (change, message) => {
  expect(faultOf({ ...given, ...change })).toContain(message)
})
