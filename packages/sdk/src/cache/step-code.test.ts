import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { definedAt } from '../code/defined-at.ts'
import { StepCodeReader } from './step-code.ts'

let dir: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'airlock-step-code-')))
  await write('package-lock.json', '{}')
  await write('steps.ts', `import './lib.ts'`)
  await write('lib.ts', 'export const one = 1')
  await write('other.ts', 'export const other = 1')
})
afterEach(() => rm(dir, { recursive: true }))

const write = async (path: string, content: string) => {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), content)
}
const codeNow = (...files: string[]) =>
  new StepCodeReader(dir).of({ files: files.map((file) => join(dir, file)), place: '1:1 #0' })

test('the code of a step is its modules, the lock file and Node; what it does not import is none of it', async () => {
  const before = await codeNow('steps.ts')
  expect(before).toMatchObject({ place: '1:1 #0', project: null, packages: {}, node: process.version })
  expect(Object.keys(before.files).sort()).toEqual(['lib.ts', 'steps.ts'])
  await write('other.ts', 'export const other = 2')
  expect(await codeNow('steps.ts')).toEqual(before)
  await write('lib.ts', 'export const one = 2')
  const after = await codeNow('steps.ts')
  expect(after.files['lib.ts']).not.toBe(before.files['lib.ts'])
  expect(after.files['steps.ts']).toBe(before.files['steps.ts'])
  await write('package-lock.json', '{"a":1}')
  expect((await codeNow('steps.ts')).lockFile).not.toBe(before.lockFile)
})

test('a step that another module’s function defines stands on both modules', async () => {
  expect(Object.keys((await codeNow('other.ts', 'steps.ts')).files).sort()).toEqual(['lib.ts', 'other.ts', 'steps.ts'])
})

test.each([
  ['imports what is worked out', `const f = (x: string) => import(x)`, 'lib.ts: it imports a module whose name'],
  ['has a syntax error', 'const = 1', 'lib.ts cannot be read: line 1'],
  ['imports what is not there', `import './gone.ts'`, 'lib.ts, line 1, imports "./gone.ts"'],
])('where a module %s, the whole project is part of the key, and the reason is told', async (_, lib, why) => {
  await write('lib.ts', lib)
  const before = await codeNow('steps.ts')
  expect(before.project?.why).toContain(why)
  await write('other.ts', 'export const other = 2')
  expect((await codeNow('steps.ts')).project?.digest).not.toBe(before.project?.digest)
})

test('a step that does not tell where it was defined stands on the whole project', async () => {
  const { project, files } = await new StepCodeReader(dir).of(undefined)
  expect(files).toEqual({})
  expect(project).toMatchObject({ why: 'it does not tell where it was defined' })
})

test('two steps of one line are told apart, and each keeps its place from run to run', () => {
  const define = () => definedAt()
  const [one, two] = [1, 2].map(() => define())
  expect(one?.files[0]).toBe(import.meta.filename)
  expect(one?.files).toEqual(two?.files)
  expect(one?.place).toMatch(/#0$/)
  expect(two?.place).toMatch(/#1$/)
})

test('a stack too deep to see its end tells nothing', () => {
  const deep = (left: number): ReturnType<typeof definedAt> => (left === 0 ? definedAt() : deep(left - 1))
  expect(deep(20)).toBeDefined()
  expect(deep(200)).toBeUndefined()
})
