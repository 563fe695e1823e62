import { expect, test } from 'vitest'
import { commands } from '../generated/commands.ts'
import type { Entry } from '../manifest/entry.ts'
import { parse } from './parse.ts'

const read = (line: string) => parse(line.split(' '), commands, '1.2.3')
const call = async (line: string) => {
  const parsed = await read(line)
  if (parsed.is !== 'call') throw new Error(`${line} is ${JSON.stringify(parsed)}`)
  const { entry, ...rest } = parsed.called
  return { name: entry.name, ...rest }
}

test('arguments and options come typed, with their defaults', async () => {
  expect(await call('model rollback m --reason slow --to-version 3 --dry-run')).toMatchObject({
    name: 'model rollback',
    args: { model: 'm' },
    options: { reason: 'slow', toVersion: 3, dryRun: true, stage: 'production' },
  })
  expect((await call('promote --model m')).options).toMatchObject({ exportOnly: false, timeout: 600 })
})

test('an option that may be given several times is collected, and is empty when it is not given', async () => {
  expect((await call('user create ada --role viewer --role approver:fraud')).options).toEqual({
    role: ['viewer', 'approver:fraud'],
  })
  expect((await call('user create ada')).options).toEqual({ role: [] })
})

test('global options stand before or after the command', async () => {
  const globals = { json: true, workspace: 'w', as: 'ada' }
  expect((await call('--json --workspace w --as ada model list')).globals).toMatchObject(globals)
  expect((await call('model list --json --workspace w --as ada')).globals).toMatchObject(globals)
  expect((await call('model --json --as ada list --workspace w')).globals).toMatchObject(globals)
  expect((await call('--workspace v run --json --as ada list --workspace w')).globals).toMatchObject(globals)
})

test('the verbs of run are not names of pipelines, and everything else is', async () => {
  expect((await call('run list')).name).toBe('run list')
  expect(await call('run training')).toMatchObject({ name: 'run', args: { pipeline: 'training' } })
})

test.each([
  ['modle list', 'Did you mean model?'],
  ['model lst', 'Did you mean list?'],
  ['model list --limt 3', 'Did you mean --limit?'],
  ['model list --limit 0', 'whole number above zero'],
  ['model list --limit 1e3', 'whole number above zero'],
  ['up --port abc', 'A port is a whole number from 1 to 65535, or 0 for any that is free.'],
  ['up --port 65536', 'from 1 to 65535'],
  ['model promote m --to-stage prod', 'Allowed choices are staging, production'],
  ['model promote m', '--to-stage'],
  ['model history', 'model'],
  ['model list extra', 'too many arguments'],
])('`%s` is wrong usage that says what to write', async (line, message) => {
  const parsed = await read(line)
  expect(parsed.is).toBe('wrong')
  expect(JSON.stringify(parsed).toLowerCase()).toContain(message.toLowerCase())
})

test.each(['model version', 'model version --json', '--workspace w model --json version'])(
  '`%s`, a group without a verb, is wrong usage that names its verbs',
  async (line) => {
    expect(await read(line)).toMatchObject({
      is: 'wrong',
      message: '`airlock model version` needs a verb: list, show.',
      help: expect.stringContaining('Usage: airlock model version'),
    })
  },
)

test('help and version are answers', async () => {
  expect(await read('--version')).toEqual({ is: 'version', text: '1.2.3\n' })
  expect(await read('promote --help')).toMatchObject({
    is: 'help',
    of: 'promote',
    text: expect.stringContaining('--import-from'),
  })
  for (const [line, of] of [
    ['--json --help', ''],
    ['model --help', 'model'],
    ['--workspace run model version --help', 'model version'],
    ['run list --help --json', 'run list'],
  ] as const)
    expect(await read(line), line).toMatchObject({ is: 'help', of })
})

test('hidden commands are called but not shown', async () => {
  expect((await call('serve-workspace w --port 0')).options).toMatchObject({ port: 0 })
  expect(JSON.stringify(await parse([], commands, '1.2.3'))).not.toContain('serve-workspace')
})

test('every command shows help, and it names every option', async () => {
  for (const entry of commands as readonly Entry[]) {
    const parsed = await read(`${entry.name} --help`)
    expect(parsed, entry.name).toMatchObject({ is: 'help', of: entry.name })
    for (const key of Object.keys(entry.options ?? {})) {
      const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      expect(JSON.stringify(parsed), `${entry.name} ${key}`).toContain(flag)
    }
  }
})
