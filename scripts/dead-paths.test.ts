import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findDeadPaths } from './dead-paths.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airlock-paths-'))
  execFileSync('git', ['init', '--quiet', root])
  for (const path of ['packages/sdk/src/step.ts', 'packages/cli/src/main.ts', 'docs/guide.md', 'LICENSE'])
    write(path, '')
  write('.gitignore', 'dist/\n.demo/\n')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function deadIn(text: string, file = 'README.md') {
  write(file, text)
  return findDeadPaths(root).map(({ path }) => path)
}

test('a path that exists is alive, as link, code, glob, with a line, an anchor or a placeholder', () => {
  const text = `[a](docs/guide.md#top) [b](<LICENSE>) \`packages/sdk/src/step.ts:12\` \`packages/*/src/\`
\`packages/NAME/src\` \`docs/guide.md\` \`packages/{sdk,cli}/src\` \`guide.md\`

[c]: packages/sdk`
  expect(deadIn(text, 'docs/more.md')).toEqual([])
})

test('a dead path in code is found with its line', () => {
  write('README.md', 'one\ntwo `packages/sdk/src/gone.ts` three')
  expect(findDeadPaths(root)).toEqual([{ file: 'README.md', line: 2, path: 'packages/sdk/src/gone.ts' }])
})

test.each([
  ['[a](gone.md)', 'gone.md'],
  ['[a](<gone/b.png>)', 'gone/b.png'],
  ['[a]: ./gone', './gone'],
  ['`GONE.md`', 'GONE.md'],
  ['`./gone`', './gone'],
  ['`packages/*/gone`', 'packages/*/gone'],
  ['`packages/NAME/gone`', 'packages/NAME/gone'],
])('%s is dead', (text, path) => {
  expect(deadIn(text)).toEqual([path])
})

test('a path beside the Markdown file is alive, and its neighbour is dead', () => {
  expect(deadIn('`src/step.ts` `src/gone.ts`', 'packages/sdk/README.md')).toEqual(['src/gone.ts'])
})

test('what is no path of the repository is left alone', () => {
  const text =
    '`application/json` `npm run check` `a/b` `gs://bucket/x` `/api/v1` [u](https://x.org/gone.md) [h](#gone)'
  expect(deadIn(text)).toEqual([])
})

test('fenced code is not looked at, what follows it is', () => {
  expect(deadIn('```sh\n`packages/gone`\n```\n`packages/lost`')).toEqual(['packages/lost'])
})

test('what git ignores need not be there', () => {
  expect(deadIn('`.demo/cancer-detection` `packages/sdk/dist/index.js`')).toEqual([])
})
