import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whyNotLoaded } from './why-not-loaded.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-why-'))
})
afterEach(() => rm(dir, { recursive: true }))

const write = (path: string, content: string) => writeFile(join(dir, path), content)
const notFound = Object.assign(new Error('Cannot find it'), { code: 'ERR_MODULE_NOT_FOUND' })
const why = (cause: unknown = notFound) => whyNotLoaded(dir, join(dir, 'a.ts'), cause)

test('a syntax error in an imported module is named with file, line and what stands there', async () => {
  await write('a.ts', `import './b.ts'`)
  await write('b.ts', 'export const one = 1\nexport const two = = 2\n')
  const message = await why(new SyntaxError('Unexpected token'))
  expect(message).toContain('b.ts cannot be read: line 2, column 20: Expression expected')
  expect(message).toContain('export const two = = 2')
})

test('an import of nothing says who imports it, and a package that is missing how to install it', async () => {
  await write('a.ts', `import './b.ts'`)
  await write('b.ts', `\nimport './gone.ts'`)
  expect(await why()).toBe('b.ts, line 2, imports "./gone.ts", and there is no such file.')
  await write('b.ts', `import x from 'not-installed-anywhere'`)
  expect(await why()).toContain('npm install not-installed-anywhere')
})

test('a value that is used before it is made names the circle of imports behind it', async () => {
  await write('a.ts', `import './b.ts'`)
  await write('b.ts', `import { c } from './c.ts'\nexport const b = c + 1`)
  await write('c.ts', `import { b } from './b.ts'\nexport const c = b + 1`)
  const thrown = new ReferenceError(`Cannot access 'b' before initialization`)
  expect(await why(thrown)).toBe(
    `Cannot access 'b' before initialization: these modules import each other in a circle, b.ts → c.ts → b.ts. Move what they share into a module of its own.`,
  )
  await write('c.ts', 'export const c = 1')
  expect(await why(thrown)).toBeUndefined()
})

test('what a module throws of its own is not explained by what it might import', async () => {
  await write('a.ts', `const later = () => import('./gone.ts')\nthrow new Error('no data')`)
  expect(await why(new Error('no data'))).toBeUndefined()
})
