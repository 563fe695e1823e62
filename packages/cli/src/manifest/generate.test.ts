import { errors } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { commands } from '../generated/commands.ts'
import { parse } from '../program/parse.ts'
import { usage } from './cli-page.ts'
import { findCommands } from './find-commands.ts'
import { generatedFiles } from './generate.ts'

const found = await findCommands()

test('the manifest lists exactly the records, and loads each', async () => {
  expect(commands.map(({ name }) => name)).toEqual(found.map(({ record }) => record.name))
  for (const entry of commands) expect((await entry.load()).default.run, entry.name).toBeTypeOf('function')
})

test('every record says in one line without full stop what it does', () => {
  for (const { record } of found) expect(record.summary, record.name).toMatch(/^[A-Z][^\n]*[^.]$/)
})

test('every example parses as a call of its own command', async () => {
  for (const { record } of found.filter(({ record }) => !record.hidden)) {
    expect(record.examples.length, record.name).toBeGreaterThan(0)
    for (const example of record.examples) {
      const parsed = await parse(wordsOf(example), commands, '1')
      expect(parsed.is === 'call' && parsed.called.entry.name, example).toBe(record.name)
    }
  }
})

test('the pages name every command that is not hidden, every error and every right', async () => {
  const files = await generatedFiles()
  for (const { record } of found) {
    expect(files['docs/generated/cli.md']?.includes(`    ${usage(record)}\n`), record.name).toBe(!record.hidden)
  }
  for (const code of Object.keys(errors)) expect(files['docs/generated/errors.md']).toContain(`| \`${code}\` |`)
  expect(files['docs/generated/rights.md']).toContain('| `promotion:decide` |  |  |  | yes |  |')
})

/** Splits a shell line of the examples: what stands behind a pipe or `>`, or around `<( )`, is not ours. */
function wordsOf(example: string): string[] {
  const ours = example.slice(example.indexOf('airlock ') + 'airlock '.length).replace(/( [|>] .*|\))$/, '')
  return [...ours.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
