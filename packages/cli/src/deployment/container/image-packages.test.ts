import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writePackages } from './image-packages.ts'

let dir: string
let context: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-image-'))
  context = join(dir, 'image')
  for (const folder of ['project', 'packed', 'image', 'lib']) await mkdir(join(dir, folder))
})
afterEach(() => rm(dir, { recursive: true }))

const project = (file: string, text: string) => writeFile(join(dir, 'project', file), text)
const written = (file: string) => readFile(join(context, file), 'utf8')
const write = () => writePackages(context, join(dir, 'project'))

test('packages that the project has as files come with the image, and are named there', async () => {
  await writeFile(join(dir, 'packed/x-1.0.0.tgz'), 'bytes')
  await project('package.json', '{"dependencies":{"x":"file:../packed/x-1.0.0.tgz","y":"2.0.0"}}')
  await project('package-lock.json', '{"packages":{"node_modules/x":{"resolved":"file:../packed/x-1.0.0.tgz"}}}')
  await write()
  expect(JSON.parse(await written('package.json'))).toEqual({
    dependencies: { x: 'file:packed/x-1.0.0.tgz', y: '2.0.0' },
  })
  expect(await written('package-lock.json')).toContain('"resolved":"file:packed/x-1.0.0.tgz"')
  expect(await written('packed/x-1.0.0.tgz')).toBe('bytes')
})

test.each(['file:../lib', 'file:../packed/gone.tgz'])('a package at %s is refused by name', async (spec) => {
  await project('package.json', JSON.stringify({ dependencies: { x: spec } }))
  await expect(write()).rejects.toMatchObject({ code: 'flavor_unavailable', message: expect.stringContaining(spec) })
})

test('secrets of npm’s settings stay behind, and names of variables come', async () => {
  const kept = ['@bank:registry=https://npm.bank.example/', `//npm.bank.example/:_authToken=$${'{NPM_TOKEN}'}`]
  const secret = ['//npm.bank.example/:_authToken=npm_123', '_auth = abc', '//npm.bank.example/:_password=def']
  await project('.npmrc', [...kept, ...secret].join('\n'))
  await write()
  expect(await written('.npmrc')).toBe(kept.join('\n'))
})
