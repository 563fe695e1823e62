import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findPackages } from './build/packages.ts'
import { packPackages } from './pack.ts'

const ROOT = dirname(import.meta.dirname)

// It builds everything and type-checks it from outside, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const findDists = () => findPackages(ROOT).filter(({ folder }) => existsSync(join(folder, 'dist')))
const distsBefore = findDists()

let project: string

/** A folder as `npm install ./*.tgz` leaves it, made without a registry: what is not ours is linked from the clone. */
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'airlock-packed-'))
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, '@airlock-ml'), { recursive: true })
  for (const archive of await packPackages(ROOT, join(project, 'packed'))) {
    const folder = join(modules, '@airlock-ml', basename(archive).replace(/^airlock-ml-(.*)-\d.*$/, '$1'))
    mkdirSync(folder)
    execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', folder])
  }
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@airlock-ml' && !name.startsWith('.') && !name.startsWith('node-')) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
    }
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

function run(args: string[]) {
  const env = { ...process.env, XDG_CACHE_HOME: join(project, 'cache') }
  return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', env })
}

test('packing makes no dist in the clone', () => {
  expect(findDists()).toEqual(distsBefore)
})

test('every export of every packed package has its code and its types, and loads', () => {
  for (const { name } of findPackages(ROOT)) {
    const folder = join(project, 'node_modules', name)
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    // What has no `default` is for this repository alone: it has only source.
    const packed = Object.entries<{ types: string; default?: string }>(exports).filter(([, each]) => each.default)
    for (const [subpath, { types }] of packed) {
      expect(existsSync(join(folder, types)), `${name} ${types}`).toBe(true)
      const { stderr, status } = run(['--input-type=module', '-e', `await import('${name}${subpath.slice(1)}')`])
      expect({ name, subpath, stderr, status }).toEqual({ name, subpath, stderr: '', status: 0 })
    }
  }
})

test('no source and no test is packed', () => {
  const ours = globSync('node_modules/@airlock-ml/*/{src,**/*.test.*}', { cwd: project })
  expect(ours.filter((path) => !path.includes('/template/'))).toEqual([])
})

test('the whole template is packed, its .gitignore without the dot that npm would leave out', () => {
  const made = /(^|[\\/])(node_modules|\.airlock)([\\/]|$)/
  const list = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((path) => !made.test(path))
      .sort()
  expect(list(join(project, 'node_modules/@airlock-ml/cli/dist/template'))).toEqual(
    list(join(ROOT, 'template'))
      .map((path) => (path === '.gitignore' ? 'gitignore' : path))
      .sort(),
  )
})

test('the packed command runs', () => {
  const { stdout, stderr, status } = run(['node_modules/@airlock-ml/cli/bin/airlock.mjs', '--version'])
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(stdout).toMatch(/\d+\.\d+\.\d+/)
})

test('the types of the packed packages hold in a project of a user', () => {
  const names = findPackages(ROOT).map(({ name }) => name)
  const imports = names.map((name, index) => `import * as p${index} from '${name}'`)
  writeFileSync(join(project, 'use.ts'), [...imports, `export { ${names.map((_, index) => `p${index}`)} }`].join('\n'))
  const options = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'] }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.ts'] }))
  const { stdout, status } = run([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project])
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})

test('the bundle carries the licences of what it holds', () => {
  const path = join(project, 'node_modules/@airlock-ml/cli/dist/THIRD-PARTY-LICENSES.txt')
  expect(readFileSync(path, 'utf8')).toMatch(/^commander \d/m)
})
