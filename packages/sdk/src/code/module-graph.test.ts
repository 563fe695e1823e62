import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ModuleGraph } from './module-graph.ts'

let dir: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'airlock-graph-')))
})
afterEach(() => rm(dir, { recursive: true }))

async function write(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
}
const reached = (...paths: string[]) => new ModuleGraph(dir).reachedFrom(paths.map((path) => join(dir, path)))
const pathsFrom = async (path: string) => (await reached(path)).map((module) => module.path).sort()

test('what a module imports is followed through others, types, comments and text apart', async () => {
  await write({
    'a.ts': `import { b } from './lib/b.ts'
import type { T } from './types.ts'
import data from './data.json' with { type: 'json' }
export * from './c.mjs'
// import './comment.ts'
const shown = "import './text.ts'"
export const later = () => import('./later.ts')`,
    'lib/b.ts': `import '../deep.ts'\nexport const b: number = 1`,
    'deep.ts': 'export {}',
    'data.json': '{}',
    'c.mjs': 'export const c = 1',
    'later.ts': 'export {}',
    'types.ts': 'export type T = 1',
  })
  expect(await pathsFrom('a.ts')).toEqual(['a.ts', 'c.mjs', 'data.json', 'deep.ts', 'later.ts', 'lib/b.ts'])
  expect((await reached('a.ts')).map(({ unfollowed, problem }) => unfollowed ?? problem)).toEqual(Array(6).fill(null))
})

test('modules that import each other are each read once', async () => {
  await write({ 'a.ts': `import './b.ts'`, 'b.ts': `import './a.ts'` })
  expect(await pathsFrom('a.ts')).toEqual(['a.ts', 'b.ts'])
})

test.each([
  ['a name that is worked out', 'const f = (x: string) => import(x)', 'worked out when it runs'],
  ['a sum', `const f = () => import('./' + 'b.ts')`, 'worked out when it runs'],
  ['import.meta', `const here = import.meta.dirname`, 'import.meta'],
  ['a file that it works out', `const text = new URL('./' + name, import.meta.url)`, 'import.meta'],
  ['a folder', `const lib = new URL('./', import.meta.url)`, 'import.meta'],
  ['a file that is not there', `const text = new URL('./gone.txt', import.meta.url)`, 'import.meta'],
  ['require', `import { createRequire } from 'node:module'`, 'node:module'],
  ['another process', `import { spawn } from 'child_process'`, 'child_process'],
  ['an alias', `import '#lib'`, '"#lib"'],
  ['an address', `import 'https://example.org/x.js'`, '"https:'],
])('a module with %s is not followed to its end, and says so', async (_, source, why) => {
  await write({ 'a.ts': source })
  expect((await reached('a.ts'))[0]!.unfollowed).toContain(why)
})

test('a file that is named by its URL counts as imported: code is followed, all else is as it is', async () => {
  await write({
    'a.ts': `const words = new URL('./words.txt', import.meta.url)
const train = step(['python3', new URL( "./lib/train.py" , import.meta.url, )])
new Worker(new URL('./worker.ts', import.meta.url))`,
    'words.txt': `import './deep.ts'`,
    'lib/train.py': 'import numpy',
    'worker.ts': `import './deep.ts'`,
    'deep.ts': 'export {}',
  })
  expect(await pathsFrom('a.ts')).toEqual(['a.ts', 'deep.ts', 'lib/train.py', 'words.txt', 'worker.ts'])
  expect((await reached('a.ts')).map(({ unfollowed, problem }) => unfollowed ?? problem)).toEqual(Array(5).fill(null))
})

test('all that the pipelines of the template are made of is followed to its end', async () => {
  const template = join(import.meta.dirname, '../../../../template')
  for (const name of await readdir(join(template, 'src/pipelines'))) {
    const modules = await new ModuleGraph(template).reachedFrom([join(template, 'src/pipelines', name)])
    expect(modules.length).toBeGreaterThan(1)
    expect(modules.filter(({ unfollowed, problem }) => unfollowed ?? problem)).toEqual([])
  }
})

test('CommonJS is not followed', async () => {
  await write({ 'a.ts': `import './b.cjs'`, 'b.cjs': `require('./c.cjs')` })
  expect((await reached('a.ts')).map(({ unfollowed }) => unfollowed)).toEqual([null, 'it is no ES module'])
})

test.each([
  ['a file that is not there', `\nimport './gone.ts'`, 'a.ts, line 2, imports "./gone.ts", and there is no such file'],
  [
    'a package that is not installed',
    `import x from '@scope/absent/part'`,
    'a.ts, line 1, imports "@scope/absent/part", which is not installed. Install it: npm install @scope/absent',
  ],
  ['a syntax error', `const a = 1\nconst b = = 2`, 'a.ts cannot be read: line 2, column 11: Expression expected'],
])('%s is named with its line', async (_, source, problem) => {
  await write({ 'a.ts': source })
  expect((await reached('a.ts'))[0]!.problem).toContain(problem)
})

test('a package counts by its version, and one that is linked by what its folder holds', async () => {
  await write({
    'project/node_modules/installed/package.json': '{"name":"installed","version":"1.2.3"}',
    'project/a.ts': `import 'installed'\nimport 'node:fs'`,
  })
  expect((await reached('project/a.ts'))[0]!.packages).toEqual([{ name: 'installed', version: '1.2.3', digest: null }])
  await write({
    'linked/package.json': '{"name":"linked","version":"0.1.0"}',
    'linked/index.js': 'one',
    'b.ts': `import 'linked'`,
  })
  await mkdir(join(dir, 'node_modules'))
  await symlink(join(dir, 'linked'), join(dir, 'node_modules/linked'))
  const digestNow = async () => (await reached('b.ts'))[0]!.packages[0]!.digest
  const before = await digestNow()
  expect(before).toMatch(/^[0-9a-f]{64}$/)
  await write({ 'linked/index.js': 'two' })
  expect(await digestNow()).not.toBe(before)
})
