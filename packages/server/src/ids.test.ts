import { afterEach, expect, test, vi } from 'vitest'
import { newId } from './ids.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('ids are in the order in which they were given, also when the clock is set back by an hour', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T12:00:00Z') })
  const ids = [newId(), newId()]
  vi.setSystemTime(new Date('2030-01-01T11:00:00Z'))
  ids.push(newId())
  vi.setSystemTime(new Date('2030-01-01T11:30:00Z'))
  ids.push(newId())
  vi.setSystemTime(new Date('2030-01-01T12:00:01Z'))
  ids.push(newId())
  expect(ids.toSorted()).toEqual(ids)
})
