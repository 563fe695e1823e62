import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errors } from '@airlock-ml/contract'
import type { Service } from '@airlock-ml/serving'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../cli/airlock.ts'
import { type Block, blocksOf } from './blocks.ts'
import { SECRET, startCancerApi } from './cancer-api.ts'

const run = promisify(execFile)

let service: Service
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let page: string
let blocks: readonly Block[]
beforeAll(async () => {
  folder = await temporaryFolder()
  page = await readFile(join(import.meta.dirname, '../../docs/call-a-deployment.md'), 'utf8')
  blocks = blocksOf(page)
  service = await startCancerApi()
  for (const { info, text } of blocks) if (info.includes('.')) await writeFile(join(folder.dir, info), text)
})
afterAll(async () => {
  await service.drain(0)
  await folder.remove()
})

const blockOf = (language: string, info = '') =>
  blocks.find((block) => block.language === language && block.info === info)!.text
const running = async (command: string, args: string[], key = SECRET) => {
  const env = { ...process.env, URL: service.url, KEY: key }
  return await run(command, args, { cwd: folder.dir, env }).catch((error: { stdout: string; stderr: string }) => error)
}
const has = async (command: string) =>
  await run(command, ['--version']).then(
    () => true,
    () => false,
  )

test('the call from a shell answers with what the page shows', async ({ skip }) => {
  if (!(await has('curl'))) skip('There is no curl here.')
  const { stdout } = await running('sh', ['-c', blockOf('sh')])
  const keysOf = (value: object): unknown =>
    Object.entries(value).map(([name, inner]) => [name, typeof inner === 'object' ? keysOf(inner as object) : null])
  expect(keysOf(JSON.parse(stdout) as object)).toEqual(keysOf(JSON.parse(blockOf('json', 'answer')) as object))
})

test.for([
  ['node', 'ask.ts'],
  ['python3', 'ask.py'],
])('the call from %s says label, risk and id, and why there is no answer', async ([command, file], { skip }) => {
  const program = command === 'node' ? process.execPath : command!
  if (!(await has(program))) skip(`There is no ${program} here.`)
  expect((await running(program, [file!])).stdout).toMatch(/^malignant (medium|high) [0-9a-f-]{36}\n$/)
  expect((await running(program, [file!], 'other')).stderr).toContain('service_key_refused: The key is unknown')
})

test('the page names each code with the status it has', () => {
  const rows = page.split('\n').filter((line) => /^\| \d/.test(line))
  const told = rows.flatMap((row) => [...row.split('|')[2]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!))
  for (const row of rows) {
    const [, statuses, codes] = row.split('|')
    const own = [...codes!.matchAll(/`(\w+)`/g)].map(([, code]) => errors[code as keyof typeof errors].status)
    expect(statuses!.match(/\d+/g)!.map(Number)).toEqual([...new Set(own)])
  }
  expect(told).toHaveLength(14)
})
