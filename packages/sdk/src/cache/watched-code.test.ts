import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StepCode } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnyStep } from '../define/any-step.ts'
import { WatchedCode } from './watched-code.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-watched-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** A step of steps.ts whose function is written so. */
const stepOf = (name: string, body: string): AnyStep => ({
  ...{ name, inputs: {}, outputs: {}, params: undefined, settings: {} },
  definedAt: { files: [join(dir, 'steps.ts')], place: '3:14 #0' },
  run: Object.assign(() => undefined, { toString: () => body }),
})
const code: StepCode = {
  ...{ files: { 'steps.ts': '0'.repeat(64) }, packages: {}, lockFile: null, node: 'v24', place: '3:14 #0' },
  project: null,
}

const sinceMs = 1_000_000

/** The digest of steps.ts in the code of the first of the steps. */
async function digestIn(source: string, steps: AnyStep[]): Promise<string | undefined> {
  const file = join(dir, 'steps.ts')
  await writeFile(file, source)
  await utimes(file, 1, 1)
  const { files } = await new WatchedCode(dir, steps, sinceMs).of(steps[0]!, { code, runId: 'r1' })
  return files['steps.ts']
}

const moduleOf = (a: string, b: string, rest = '') => `${rest}
export const a = step({ name: 'a', run: ${a} })
export const b = step({ name: 'b', run: ${b} })
`

test('what another step of the module does takes no part, and all else does', async () => {
  const of = (a: string, b: string, rest = '') => digestIn(moduleOf(a, b, rest), [stepOf('a', a), stepOf('b', b)])
  const first = await of('() => 1', 'async () => 2')
  expect(await of('() => 1', 'async () => 3')).toBe(first)
  expect(await of('() => 2', 'async () => 2')).not.toBe(first)
  expect(await of('() => 1', 'async () => 2', 'const shared = 1')).not.toBe(first)
})

test('a function that others may call takes part', async () => {
  const of = (body: string) => {
    const named = `function count() { return ${body} }`
    return digestIn(moduleOf('() => count()', 'count', named), [stepOf('a', '() => count()'), stepOf('b', named)])
  }
  expect(await of('1')).not.toBe(await of('2'))
})

test('what a function gives to each step that it makes takes part', async () => {
  const of = (body: string) =>
    digestIn(`const make = (name) => step({ name, run: ${body} })`, [stepOf('a', body), stepOf('b', body)])
  expect(await of('() => 1')).not.toBe(await of('() => 2'))
})

test('what was saved since the process began may not be what it loaded, and is found by no other run', async () => {
  await writeFile(join(dir, 'steps.ts'), '')
  const at = async (runId: string) =>
    (await new WatchedCode(dir, [], sinceMs).of(stepOf('a', '() => 1'), { code, runId })).place
  expect(await at('r1')).not.toBe(await at('r2'))
  await utimes(join(dir, 'steps.ts'), 1, 1)
  expect(await at('r1')).toBe('#0')
})
