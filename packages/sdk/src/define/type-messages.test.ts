import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../../../..')

const steps = `import type { Table } from '@airlock-ml/tabular'
import { json, list, model, optional, step, table, text } from '@airlock-ml/sdk'
import { z } from 'zod'

export const loadData = step({
  name: 'load_data',
  params: z.object({ path: z.string() }),
  outputs: { rows: table(), note: text() },
  run: () => ({ rows: {} as Table, note: '' }),
})
export const train = step({
  name: 'train',
  inputs: { rows: table(), hints: optional(text()) },
  params: z.object({ trees: z.int().default(100) }),
  outputs: { model: model(), score: json<number>() },
  run: () => ({ model: new Uint8Array(), score: 1 }),
})
export const judge = step({ name: 'judge', inputs: { model: model(), rows: table() }, run: () => {} })
export const average = step({ name: 'average', inputs: { scores: list(json<number>()) }, run: () => {} })
`

const build = (line: string) => `import { pipeline } from '@airlock-ml/sdk'
import type { Table } from '@airlock-ml/tabular'
import { average, judge, loadData, train } from './steps.ts'

export default pipeline({
  name: 'p',
  build: () => {
    const loaded = loadData({ params: { path: 'rows.csv' } })
    const trained = train({ inputs: { rows: loaded.rows } })
    ${line}
    return void trained
  },
})
export const used = [average, judge] as readonly (object | Table)[]
`

/** A mistake, and the first line of what the compiler says. */
const mistakes: [string, string][] = [
  [
    'judge({ inputs: { model: loaded.rows, rows: loaded.rows } })',
    `Type 'Ref<"table", Table>' is not assignable to type 'Ref<"model", Uint8Array<ArrayBufferLike>>'.`,
  ],
  [
    'judge({ inputs: { model: trained.model } })',
    `Property 'rows' is missing in type '{ model: Ref<"model", Uint8Array<ArrayBufferLike>>; }' but required in type '{ readonly model: Ref<"model", Uint8Array<ArrayBufferLike>>; readonly rows: Ref<"table", Table>; }'.`,
  ],
  [
    'train({ inputs: { row: loaded.rows } })',
    `Object literal may only specify known properties, but 'row' does not exist in type '{ readonly hints?: Ref<"text", string> | undefined; readonly rows: Ref<"table", Table>; }'. Did you mean to write 'rows'?`,
  ],
  [
    'judge({ inputs: { model: trained.modle, rows: loaded.rows } })',
    `Property 'modle' does not exist on type 'Refs<{ model: Artifact<"model", Uint8Array<ArrayBufferLike>>; score: Artifact<"json", number>; }> & Called'. Did you mean 'model'?`,
  ],
  [
    "train({ inputs: { rows: loaded.rows }, params: { trees: 'many' } })",
    `Type 'string' is not assignable to type 'number'.`,
  ],
  [
    'train({ inputs: { rows: loaded.rows }, params: { tree: 5 } })',
    `Object literal may only specify known properties, but 'tree' does not exist in type '{ trees?: number | undefined; }'. Did you mean to write 'trees'?`,
  ],
  [
    'if (trained.score > 0.9) judge({ inputs: { model: trained.model, rows: loaded.rows } })',
    `Operator '>' cannot be applied to types 'Ref<"json", number>' and 'number'.`,
  ],
  ['console.log(loaded.rows.rowCount)', `Property 'rowCount' does not exist on type 'Ref<"table", Table>'.`],
  ['loadData({ params: { path: loaded.note } })', `Type 'Ref<"text", string>' is not assignable to type 'string'.`],
  [
    'train({ inputs: { rows: {} as Table } })',
    `Property '[isAnOutputOfAStep]' is missing in type 'Table' but required in type 'Ref<"table", Table>'.`,
  ],
  [
    'average({ inputs: { scores: trained.score } })',
    `Type 'Ref<"json", number>' is missing the following properties from type 'readonly Ref<"json", number>[]'`,
  ],
]

let folder: string
let said: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-types-'))
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  const config = { extends: join(repository, 'tsconfig.base.json'), compilerOptions: { noEmit: true } }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include: ['*.ts'] }))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(folder, 'steps.ts'), steps)
  for (const [at, [line]] of mistakes.entries()) await writeFile(join(folder, `mistake-${at}.ts`), build(line))
  said = await compiled(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** All of them at once: starting the compiler is what takes the time. */
const compiled = (cwd: string): Promise<string> =>
  new Promise((resolve) => {
    const tsc = join(repository, 'node_modules/typescript/bin/tsc')
    const args = [tsc, '-p', cwd, '--pretty', 'false']
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 ** 2 }, (_, stdout) => resolve(stdout))
  })

test.each(mistakes.map(([line, message], at) => ({ line, message, at })))('$line', ({ message, at }) => {
  const own = said.split('\n').filter((each) => each.startsWith(`mistake-${at}.ts(10,`))
  expect(own.map((each) => each.replace(/^.*?: error TS\d+: /, ''))).toEqual([expect.stringContaining(message)])
})

test('nothing else is wrong, and the page on wiring tells of the commonest', async () => {
  const others = said.split('\n').filter((line) => line.includes('steps.ts(') || /^mistake-\d+\.ts\((?!10,)/.test(line))
  expect(others).toEqual([])
  const page = await readFile(join(repository, 'docs/wiring.md'), 'utf8')
  const told = [...page.matchAll(/^ {4}error: (.*)$/gm)].map(([, line]) => line ?? '')
  expect(told.length).toBeGreaterThanOrEqual(5)
  for (const line of told) expect(said).toContain(line)
})
