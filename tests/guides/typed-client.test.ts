import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Service } from '@airlock-ml/serving'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../cli/airlock.ts'
import { blocksOf } from './blocks.ts'
import { SECRET, startCancerApi } from './cancer-api.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

let service: Service
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  service = await startCancerApi()
  for (const { info, text } of blocksOf(await readFile(join(root, 'docs/call-a-deployment.md'), 'utf8')))
    if (info.includes('.')) await writeFile(join(folder.dir, info), text)
  await symlink(join(root, 'node_modules'), join(folder.dir, 'node_modules'))
  await run(process.execPath, [generator(), `${service.url}/openapi.json`, '--output', 'cancer-api.ts'], {
    cwd: folder.dir,
  })
  await writeFile(join(folder.dir, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder.dir, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
})
afterAll(async () => {
  await service.drain(0)
  await folder.remove()
})

/** Beside its own TypeScript, or where npm has put it for all. */
function generator(): string {
  const own = [join(import.meta.dirname, 'typed-client'), root].map((dir) =>
    join(dir, 'node_modules/openapi-typescript/bin/cli.js'),
  )
  return own.find((path) => existsSync(path))!
}

const compilerOptions = {
  ...{ noEmit: true, strict: true, skipLibCheck: true, target: 'esnext', module: 'nodenext' },
  ...{ moduleResolution: 'nodenext', allowImportingTsExtensions: true, types: ['node'], rootDir: '.' },
}

/** What the compiler has to say. */
const compile = (): Promise<string> =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', '.'], { cwd: folder.dir }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
const ask = (KEY: string) =>
  run(process.execPath, ['ask-typed.ts'], { cwd: folder.dir, env: { ...process.env, URL: service.url, KEY } }).catch(
    (error: { stdout: string; stderr: string }) => error,
  )

test('the client that is generated from what is served compiles as the page has it, and calls it', async () => {
  expect(await compile()).toBe('')
  expect((await ask(SECRET)).stdout).toMatch(/^malignant (medium|high) [0-9a-f-]{36} version 3\n$/)
  expect((await ask('other')).stderr).toContain('service_key_refused: The key is unknown')
})

test('what the service would refuse, or never says, does not compile', async () => {
  const wrong = `import { predict } from './ask-typed.ts'
import type { components } from './cancer-api.ts'

declare const row: components['schemas']['Row']
const { mean_radius: _, ...lacking } = row
// @ts-expect-error: a feature is missing
await predict(lacking)
// @ts-expect-error: a feature is unknown
await predict({ ...row, mean_radios: 1 })
// @ts-expect-error: a feature is text
await predict({ ...row, mean_radius: '1' })
const { label, riskLevel, probabilities, model } = await predict(row)
// @ts-expect-error: no such label
label === 'harmless'
// @ts-expect-error: no such level
riskLevel === 'none'
const number: number = model.version
const share: number | undefined = probabilities.malignant
export { number, share }
`
  await writeFile(join(folder.dir, 'wrong.ts'), wrong)
  expect(await compile()).toBe('')
  // Without the marks each is an error.
  await writeFile(join(folder.dir, 'wrong.ts'), wrong.replaceAll(/\/\/ @ts-expect-error.*\n/g, ''))
  expect((await compile()).match(/error TS/g)).toHaveLength(5)
})
