import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findViolations } from './boundaries.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airlock-boundaries-'))
  write('package.json', JSON.stringify({ name: 'root', devDependencies: { vitest: '5' } }))
  writePackage('contract', { zod: '4' })
  writePackage('tabular', {})
  writePackage('server', { '@airlock-ml/contract': '1', kysely: '1', hono: '4' })
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function writePackage(name: string, dependencies: Record<string, string>) {
  const exports = { '.': { source: './src/index.ts' } }
  write(`packages/${name}/package.json`, JSON.stringify({ name: `@airlock-ml/${name}`, exports, dependencies }))
}

function rulesBroken() {
  return findViolations(root).map(({ rule, path, line }) => `${rule} ${path}${line ? `:${line}` : ''}`)
}

test('a tree that keeps every rule has no violation', () => {
  write('packages/contract/src/index.ts', `export * from './page.ts'`)
  write('packages/contract/src/page.ts', `import * as z from 'zod'\nexport const page = z.object({})`)
  write('packages/server/src/app.ts', `import './models/promote.ts'\nimport './http/listen.ts'`)
  write('packages/server/src/http/listen.ts', `import { Hono } from 'hono'\nexport const a = Hono`)
  write('packages/server/src/audit/store.ts', `import type { Kysely } from 'kysely'\nexport type A = Kysely<unknown>`)
  write('packages/server/src/models/promote.ts', `import type { A } from '../audit/store.ts'\nexport type B = A`)
  write(
    'packages/server/src/models/promote.test.ts',
    `import { test } from 'vitest'\nimport 'kysely'\nimport '../app.ts'`,
  )
  write('scripts/demo.ts', `import '@airlock-ml/contract'\nimport 'node:fs'`)
  expect(rulesBroken()).toEqual([])
})

test('a dependency against the arrows is found in the package.json', () => {
  writePackage('contract', { '@airlock-ml/server': '1' })
  expect(rulesBroken()).toEqual(['package-arrows packages/contract/package.json'])
})

test('a package without arrows is found', () => {
  writePackage('novelty', {})
  expect(rulesBroken()).toEqual(['package-arrows packages/novelty/package.json'])
})

test('an import of an undeclared package is found, also as a type, lazily and through a re-export', () => {
  write(
    'packages/contract/src/page.ts',
    [
      `import 'left-pad'`,
      `export type A = import('@airlock-ml/tabular').A`,
      `export const b = () => import('yaml')`,
      `export * from '@scope/name/deep'`,
    ].join('\n'),
  )
  expect(rulesBroken()).toEqual([1, 2, 3, 4].map((line) => `declared-imports packages/contract/src/page.ts:${line}`))
})

test('a development tool is found when code that ships imports it', () => {
  write('packages/contract/src/page.ts', `import 'vitest'`)
  expect(rulesBroken()).toEqual(['declared-imports packages/contract/src/page.ts:1'])
})

test('a relative import into another package is found', () => {
  write('packages/contract/src/index.ts', 'export {}')
  write('packages/server/src/config.ts', `import '../../contract/src/index.ts'`)
  write('scripts/demo.ts', `import '../packages/contract/src/index.ts'`)
  expect(rulesBroken()).toEqual(['exports-only packages/server/src/config.ts:1', 'exports-only scripts/demo.ts:1'])
})

test('a deep import past the exports of a package is found', () => {
  write('packages/server/src/config.ts', `import '@airlock-ml/contract/src/page.ts'`)
  expect(rulesBroken()).toEqual(['exports-only packages/server/src/config.ts:1'])
})

test('an import cycle is found once, with its way round', () => {
  write('packages/tabular/src/a.ts', `import './b.ts'`)
  write('packages/tabular/src/b.ts', `import type { C } from './c.ts'\nexport type B = C`)
  write('packages/tabular/src/c.ts', `export const a = () => import('./a.ts')\nexport type C = 1`)
  expect(findViolations(root)).toEqual([
    {
      path: 'packages/tabular/src/a.ts',
      rule: 'no-cycles',
      message:
        'import cycle: packages/tabular/src/a.ts → packages/tabular/src/b.ts → packages/tabular/src/c.ts → packages/tabular/src/a.ts',
    },
  ])
})

test('a slice that imports a later one is found, also by a type', () => {
  write('packages/server/src/models/version.ts', 'export type A = 1')
  write('packages/server/src/audit/append.ts', `import type { A } from '../models/version.ts'\nexport type B = A`)
  expect(rulesBroken()).toEqual(['slice-order packages/server/src/audit/append.ts:1'])
})

test('a foundation that imports a slice, and a slice that imports composition, are found', () => {
  write('packages/server/src/ids.ts', 'export const newId = 1')
  write('packages/server/src/audit/append.ts', `import '../ids.ts'`)
  write('packages/server/src/app.ts', `import './audit/append.ts'`)
  write('packages/server/src/listen.ts', `import './app.ts'`)
  write('packages/server/src/db/open.ts', `import '../audit/append.ts'`)
  write('packages/server/src/models/list.ts', `import '../listen.ts'`)
  expect(rulesBroken()).toEqual([
    'slice-order packages/server/src/db/open.ts:1',
    'slice-order packages/server/src/models/list.ts:1',
  ])
})

test('a folder of the server that is no slice is found', () => {
  write('packages/server/src/managers/manage.ts', 'export const a = 1')
  expect(rulesBroken()).toEqual(['slice-order packages/server/src/managers/manage.ts'])
})

test('the HTTP library is found outside http/, in tests too', () => {
  write('packages/server/src/models/routes.ts', `import type { Context } from 'hono'\nexport type A = Context`)
  write('packages/server/src/models/list.test.ts', `import 'hono/cors'`)
  expect(rulesBroken()).toEqual([
    'framework-homes packages/server/src/models/list.test.ts:1',
    'framework-homes packages/server/src/models/routes.ts:1',
  ])
})

test('SQL is found outside db/ and the stores', () => {
  write('packages/server/src/models/promote.ts', `import { sql } from 'kysely'\nimport 'node:sqlite'\nexport { sql }`)
  expect(rulesBroken()).toEqual([
    'framework-homes packages/server/src/models/promote.ts:1',
    'framework-homes packages/server/src/models/promote.ts:2',
  ])
})

test('React is found outside the dashboard', () => {
  writePackage('tabular', { react: '19' })
  write('packages/tabular/src/chart.tsx', `import 'react/jsx-runtime'`)
  expect(rulesBroken()).toEqual(['framework-homes packages/tabular/src/chart.tsx:1'])
})

test('a file of 401 lines is found, one of 400 and a generated one are not', () => {
  write('packages/tabular/src/long.ts', '//\n'.repeat(401))
  write('packages/tabular/src/full.ts', '//\n'.repeat(400))
  write('packages/tabular/src/generated/list.ts', '//\n'.repeat(9_000))
  expect(rulesBroken()).toEqual(['file-length packages/tabular/src/long.ts'])
})

test('folders and files named for a kind are found', () => {
  write('packages/tabular/src/utils/round.ts', 'export const a = 1')
  write('packages/tabular/src/types.ts', 'export type A = 1')
  expect(rulesBroken()).toEqual([
    'telltale-names packages/tabular/src/types.ts',
    'telltale-names packages/tabular/src/utils/round.ts',
  ])
})

test('an index.ts besides the entry of the package is found', () => {
  write('packages/tabular/src/index.ts', 'export {}')
  write('packages/tabular/src/forest/index.ts', 'export {}')
  expect(rulesBroken()).toEqual(['one-index packages/tabular/src/forest/index.ts'])
})

test('code that ships and imports test code is found', () => {
  write('packages/tabular/src/testing/rows.ts', 'export const rows = []')
  write('packages/tabular/src/forest.ts', `import './testing/rows.ts'`)
  expect(rulesBroken()).toEqual(['no-test-imports packages/tabular/src/forest.ts:1'])
})

test('a file that cannot be parsed stops the check', () => {
  write('packages/tabular/src/broken.ts', 'export const = 1')
  expect(() => findViolations(root)).toThrow('packages/tabular/src/broken.ts cannot be parsed')
})
