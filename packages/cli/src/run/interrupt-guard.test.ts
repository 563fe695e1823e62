import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-guard-'))
})
afterEach(async () => {
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, 'SIGKILL')
  await rm(dir, { recursive: true })
})

const guard = pathToFileURL(join(import.meta.dirname, 'interrupt-guard.ts')).href

/** A process of a group of its own that is guarded, and what it and its guard say. */
async function guarded(body: string) {
  const file = join(dir, 'guarded.mjs')
  await writeFile(
    file,
    `import { guardInterrupt } from ${JSON.stringify(guard)}
const guard = guardInterrupt()
process.once('SIGINT', () => { guard.heard(); process.stderr.write('heard'); guard.end() })
await new Promise((resolve) => setTimeout(resolve, 500))
process.stderr.write('ready')
${body}`,
  )
  const started = spawn(process.execPath, [file], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  child = started
  let said = ''
  started.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk)
  })
  const until = async (words: string) => await expect.poll(() => said, { timeout: 15_000 }).toContain(words)
  await until('ready')
  return { until, said: () => said, press: () => process.kill(-started.pid!, 'SIGINT'), exited: once(started, 'exit') }
}

test('the first Ctrl-C says why a process that computes cannot hear it, the second ends it', async () => {
  const { until, press, exited } = await guarded('for (;;);')
  press()
  await until('press Ctrl-C again')
  press()
  expect(await exited).toEqual([null, 'SIGKILL'])
})

test('a process that hears it by itself is left alone', async () => {
  const { until, said, press, exited } = await guarded('setTimeout(() => {}, 2_000)')
  press()
  await until('heard')
  expect(await exited).toEqual([0, null])
  expect(said()).not.toContain('press Ctrl-C again')
})
