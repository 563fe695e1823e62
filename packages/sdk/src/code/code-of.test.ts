import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-code-'))
  await write('src/a.ts', 'a')
  await write('b.ts', 'b')
})
afterEach(() => rm(dir, { recursive: true }))

const write = async (path: string, content: string) => {
  await mkdir(join(dir, path, '..'), { recursive: true })
  await writeFile(join(dir, path), content)
}
const git = (...args: string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { encoding: 'utf8' })
const commit = () => {
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'x')
  return git('rev-parse', 'HEAD').trim()
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const digestOf = (files: Record<string, string>) =>
  sha256(
    Object.keys(files)
      .sort()
      .map((path) => `${sha256(files[path]!)}  ${path}\n`)
      .join(''),
  )

test('the digest is over sorted paths and their digests', async () => {
  const { digest } = await codeOf(dir)
  expect(digest).toBe(digestOf({ 'b.ts': 'b', 'src/a.ts': 'a' }))
})

test('outside of a repository there is no commit, and what is installed or Airlock’s own does not count', async () => {
  const before = await codeOf(dir)
  await write('node_modules/x/index.js', 'x')
  await write('.airlock/dev/workspace.db', 'x')
  expect(await codeOf(dir)).toEqual(before)
  expect(before).toMatchObject({ commit: null, dirty: true })
})

test('a clean repository has its commit, and what git ignores does not count', async () => {
  await write('.gitignore', '*.log\n')
  const head = commit()
  await write('noise.log', 'x')
  expect(await codeOf(dir)).toEqual({
    digest: digestOf({ '.gitignore': '*.log\n', 'b.ts': 'b', 'src/a.ts': 'a' }),
    commit: head,
    dirty: false,
  })
})

test.each<[string, () => Promise<unknown>, Record<string, string>]>([
  ['a changed file', () => write('b.ts', 'B'), { 'b.ts': 'B', 'src/a.ts': 'a' }],
  ['a new file', () => write('ü ö.ts', 'c'), { 'b.ts': 'b', 'src/a.ts': 'a', 'ü ö.ts': 'c' }],
  ['a deleted file', () => rm(join(dir, 'b.ts')), { 'src/a.ts': 'a' }],
])('%s makes the tree dirty and the digest another', async (_, change, files) => {
  const head = commit()
  await change()
  expect(await codeOf(dir)).toEqual({ digest: digestOf(files), commit: head, dirty: true })
})

test('a repository of another user is refused with what to do', async () => {
  commit()
  // Git's own way to test that.
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1'
  try {
    const error = await codeOf(dir).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'git_repository_distrusted',
      message: expect.stringContaining('is owned by another user'),
      remedy: expect.stringContaining('safe.directory'),
    })
  } finally {
    delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER
  }
})

test('a repository without a commit is dirty', async () => {
  git('init', '-q')
  expect(await codeOf(dir)).toMatchObject({ commit: null, dirty: true })
})

test('a project inside of a repository is only its own folder', async () => {
  commit()
  const inner = await codeOf(join(dir, 'src'))
  await write('b.ts', 'changed outside')
  expect(await codeOf(join(dir, 'src'))).toEqual(inner)
  expect(inner).toMatchObject({ digest: digestOf({ 'a.ts': 'a' }), dirty: false })
})

test('a project that an outer repository ignores is still covered', async () => {
  await write('.gitignore', '/demo/\n')
  commit()
  await write('demo/c.ts', 'c')
  expect(await codeOf(join(dir, 'demo'))).toEqual({ digest: digestOf({ 'c.ts': 'c' }), commit: null, dirty: true })
})

test('a link counts by where it leads, not by what is there', async () => {
  await symlink('/nowhere', join(dir, 'link'))
  expect((await codeOf(dir)).digest).toBe(digestOf({ 'b.ts': 'b', link: 'link /nowhere', 'src/a.ts': 'a' }))
})

test('a file too large to hold is hashed the same', async () => {
  const large = 'x'.repeat(5 * 1024 ** 2)
  await write('large.csv', large)
  expect((await codeOf(dir)).digest).toBe(digestOf({ 'b.ts': 'b', 'large.csv': large, 'src/a.ts': 'a' }))
})
