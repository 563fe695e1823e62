import { expect, test } from 'vitest'
import { openBell } from './bell.ts'

test('all who listen hear each ring until they leave, and the end once', () => {
  const bell = openBell()
  const heard: string[] = []
  const listenAs = (name: string) =>
    bell.listen({ hear: () => heard.push(name), end: () => heard.push(`${name} ended`) })
  const leave = listenAs('a')
  listenAs('b')
  bell.ring()
  leave()
  bell.ring()
  bell.close()
  bell.close()
  bell.ring()
  expect(heard).toEqual(['a', 'b', 'b', 'b ended'])
})

test('whoever comes after the end is told of it at once', () => {
  const bell = openBell()
  bell.close()
  let hasEnded = false
  bell.listen({ hear: () => {}, end: () => (hasEnded = true) })
  expect(hasEnded).toBe(true)
})
