import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const src = dirname(dirname(fileURLToPath(import.meta.url)))
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-copies-'))
  await cp(src, join(dir, 'copy'), { recursive: true, filter: (path) => !path.includes('.test') })
  await symlink(join(src, '../../../node_modules'), join(dir, 'node_modules'))
})
afterEach(() => rm(dir, { recursive: true }))

test('steps of one copy of the package work in a pipeline of another, compiled by the first', async () => {
  await writeFile(
    join(dir, 'program.ts'),
    `import { compile, isPipeline, json, step } from ${JSON.stringify(join(src, 'index.ts'))}
import { pipeline, step as otherStep, json as otherJson } from './copy/index.ts'
const zero = step({ name: 'zero', outputs: { n: json<number>() }, run: () => ({ n: 0 }) })
const read = otherStep({ name: 'read', inputs: { n: otherJson<number>() }, run: () => {} })
const both = pipeline({ name: 'both', build: () => read({ inputs: zero() as never }) as never })
const code = { digest: 'a'.repeat(64), commit: null, dirty: true }
const spec = compile(both as never, { params: {}, environment: 'local', stack: 's', code })
console.log(JSON.stringify([isPipeline(both), spec.steps[1]?.inputs]))
`,
  )
  const output = execFileSync(process.execPath, ['--conditions=source', join(dir, 'program.ts')], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual([true, { n: { from: 'step', step: 'zero', output: 'n' } }])
})
