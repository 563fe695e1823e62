import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

let root: string
let bin: string

/** A made-up monorepo with the real `bin` and a command that says which copy of `@airlock-ml/thing` it got. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airlock-bin-'))
  bin = join(root, 'packages/cli/bin/airlock.mjs')
  cpSync(join(import.meta.dirname, '../packages/cli/bin'), dirname(bin), { recursive: true })
  write('packages/cli/package.json', '{ "type": "module" }')
  write('packages/thing/source.ts', `export const copy: string = 'source'`)
  write('packages/thing/crash.ts', `export const copy: string = 'crash'`)
  write('packages/thing/dist.js', `export const copy = 'dist'`)
  const exports = { 'crash-test': './crash.ts', source: './source.ts', default: './dist.js' }
  write('packages/thing/package.json', JSON.stringify({ name: '@airlock-ml/thing', type: 'module', exports }))
  mkdirSync(join(root, 'node_modules/@airlock-ml'), { recursive: true })
  symlinkSync('../../packages/thing', join(root, 'node_modules/@airlock-ml/thing'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function writeSource(body = `console.log(argv.join(), copy); return 7`) {
  write(
    'packages/cli/src/main.ts',
    `import { copy } from '@airlock-ml/thing'\nexport async function main(argv: string[]): Promise<number> { ${body} }`,
  )
}

function writeDist() {
  write(
    'packages/cli/dist/main.js',
    `import { copy } from '@airlock-ml/thing'\nexport async function main() { console.log('bundle', copy); return 0 }`,
  )
}

function run({ env = {}, nodeArgs = [] as string[] } = {}) {
  return spawnSync(process.execPath, [...nodeArgs, bin, 'a', 'b'], { encoding: 'utf8', env: childEnv(env) })
}

function childEnv(env: Record<string, string>) {
  return { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), ...env }
}

/** Makes Node take itself for version 20, once: the Node that it starts is itself again. */
function pretendNode20() {
  write(
    'pretend.cjs',
    `if (!process.env.PRETENDED) {
      process.env.PRETENDED = '1'
      Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })
    }`,
  )
  return ['--require', join(root, 'pretend.cjs')]
}

function installNode(version: string) {
  write(`node_modules/${NODE_PACKAGE}/package.json`, JSON.stringify({ version }))
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  mkdirSync(join(root, 'node_modules', NODE_PACKAGE, 'bin'))
  symlinkSync(process.execPath, join(root, 'node_modules', NODE_PACKAGE, 'bin', name))
}

test('in a clone the source runs, with its arguments and exit code, even beside a built dist', () => {
  writeSource()
  writeDist()
  const { stdout, status } = run()
  expect(stdout).toBe('a,b source\n')
  expect(status).toBe(7)
})

test('without the source the bundle runs, and AIRLOCK_CONDITIONS changes nothing', () => {
  writeDist()
  expect(run({ env: { AIRLOCK_CONDITIONS: 'crash-test' } }).stdout).toBe('bundle dist\n')
})

test('AIRLOCK_CONDITIONS adds conditions when the source runs', () => {
  writeSource()
  expect(run({ env: { AIRLOCK_CONDITIONS: 'crash-test' } }).stdout).toBe('a,b crash\n')
})

test('a forked child gets the source and the added conditions too', () => {
  write('packages/cli/src/child.ts', `import { copy } from '@airlock-ml/thing'\nconsole.log('child', copy)`)
  writeSource(`
    const { fork } = await import('node:child_process')
    return await new Promise((done) => fork(new URL('./child.ts', import.meta.url)).on('exit', () => done(copy.length)))`)
  expect(run().stdout).toBe('child source\n')
  expect(run({ env: { AIRLOCK_CONDITIONS: 'crash-test' } }).stdout).toBe('child crash\n')
})

test('a project elsewhere that links a package gets its source', () => {
  const pipeline = join(root, '.demo/project/pipeline.ts')
  write('.demo/project/pipeline.ts', `import { copy } from '@airlock-ml/thing'\nexport const theirs: string = copy`)
  writeSource(`console.log((await import(${JSON.stringify(pipeline)})).theirs, copy); return 0`)
  expect(run().stdout).toBe('source source\n')
})

test('an old Node hands over to the Node 24 that is installed beside the command', () => {
  writeSource()
  installNode('24.21.0')
  const { stdout, status } = run({ nodeArgs: pretendNode20() })
  expect(stdout).toBe('a,b source\n')
  expect(status).toBe(7)
})

test.each([undefined, '22.0.0'])('an old Node with %s beside it says what is needed and exits with 2', (version) => {
  writeSource()
  if (version) installNode(version)
  const { stderr, status } = run({ nodeArgs: pretendNode20() })
  expect(status).toBe(2)
  expect(stderr).toContain('airlock needs Node 24 or newer, and this is Node 20.0.0')
  expect(stderr).toContain(`npm install ${NODE_PACKAGE}@24`)
})

test.skipIf(process.platform === 'win32')('a signal to the old Node reaches the command', async () => {
  writeSource(`
    process.once('SIGTERM', () => { console.log('stopped'); process.exit(5) })
    setInterval(() => {}, 1_000)
    console.log('ready')
    return 0`)
  installNode('24.21.0')
  const child = spawn(process.execPath, [...pretendNode20(), bin], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: childEnv({}),
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (String(chunk).includes('ready')) child.kill('SIGTERM')
  })
  expect(await once(child, 'exit')).toEqual([5, null])
  expect(output).toBe('ready\nstopped\n')
})

test.skipIf(process.platform === 'win32')('a command that a signal ended ends the old Node the same way', () => {
  writeSource(`process.kill(process.pid, 'SIGKILL'); return 0`)
  installNode('24.21.0')
  expect(run({ nodeArgs: pretendNode20() }).signal).toBe('SIGKILL')
})
