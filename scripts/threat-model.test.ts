import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = dirname(import.meta.dirname)
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')

/** Of the cells that name tests: a file, and behind it the titles in it. */
const named = [...page.matchAll(/`([^`]+\.test\.ts)`((?:[ ,]*“[^”]+”)+)/g)].flatMap(([, file, titles]) =>
  [...titles!.matchAll(/“([^”]+)”/g)].map(([, title]) => [file!, title!] as const),
)

test.each(named)('%s has the test that the threat model names: %s', (file, title) => {
  const source = readFileSync(join(root, file), 'utf8')
  expect(source.split(/\btest(?:\.each)?\b/).some((part) => part.includes(`'${title}'`))).toBe(true)
})

test('every attack in the threat model names a test', () => {
  const rows = page.split('\n').filter((line) => /^\| (?!attack|---)/.test(line))
  expect(rows.length).toBeGreaterThan(30)
  for (const row of rows) expect(row).toMatch(/\.test\.ts` “/)
})
