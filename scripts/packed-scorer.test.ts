import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packedScorer } from './packed-scorer.ts'

let modules: string
let program: string
beforeAll(() => {
  modules = mkdtempSync(join(tmpdir(), 'airlock-packed-scorer-'))
  program = join(modules, 'server/dist/scorer.child.js')
  mkdirSync(dirname(program), { recursive: true })
  writeFileSync(program, '')
})
afterAll(() => rmSync(modules, { recursive: true, force: true }))

test('where the command is built, the process that scores is the one built beside it', () => {
  const [plugin] = packedScorer(join(modules, 'cli/bin/airlock.mjs'))
  const id = plugin?.resolveId('./own-program.ts', '/a/packages/server/src/scoring/scorer.ts')
  expect(plugin?.load(id ?? '')).toBe(`export const ownProgram = ${JSON.stringify(program)}`)
  expect(plugin?.resolveId('./own-program.ts', '/a/other.ts')).toBeUndefined()
})

test('without such a build it is left as it is', () => {
  expect(packedScorer(undefined)).toEqual([])
  expect(packedScorer('/nowhere/cli/bin/airlock.mjs')).toEqual([])
})
