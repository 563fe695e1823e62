import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dependenciesOf } from './dependencies-of.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-dependencies-'))
})
afterEach(() => rm(dir, { recursive: true }))

const write = async (path: string, content: object | string) => {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content))
}

test('direct dependencies come with the version that is installed, here or above, else with the range', async () => {
  await write('node_modules/zod/package.json', { version: '4.0.1' })
  await write('project/node_modules/@scope/own/package.json', { version: '2.3.4' })
  await write('project/node_modules/not-direct/package.json', { version: '9.9.9' })
  await write('project/package.json', {
    dependencies: { zod: '^4.0.0', '@scope/own': '*' },
    devDependencies: { absent: '~1.2.0', remote: 'git+https://user:password@git.example/x' },
  })
  await write('project/package-lock.json', '{"lockfileVersion":3}')
  expect(await dependenciesOf(join(dir, 'project'))).toEqual({
    lockFile: createHash('sha256').update('{"lockfileVersion":3}').digest('hex'),
    packages: { '@scope/own': '2.3.4', absent: '~1.2.0', remote: 'git+https:', zod: '4.0.1' },
  })
})

test('a project without package.json, or with one that cannot be read, has none', async () => {
  expect(await dependenciesOf(dir)).toEqual({ lockFile: null, packages: {} })
  await write('package.json', '{ not JSON')
  expect(await dependenciesOf(dir)).toEqual({ lockFile: null, packages: {} })
})
