import { expect, test } from 'vitest'
import { commands } from '../generated/commands.ts'
import { helpJson } from './help-json.ts'

const about = (name: string) => JSON.parse(JSON.stringify(helpJson(commands, { version: '1.2.3', name })))

test('a command is described by its arguments, options, examples and exit codes', () => {
  expect(about('model compare')).toMatchObject({
    version: '1.2.3',
    name: 'model compare',
    usage: expect.stringMatching(/^airlock model compare MODEL \[--champion N\]/),
    description: expect.stringContaining('scored here, on the hold-out of the challenger. The verdict'),
    arguments: [{ name: 'model', required: true, summary: 'Model' }],
    examples: [expect.stringContaining('airlock model compare')],
    exitCodes: { done: 0, refused: 1, usage: 2, pending: 3 },
  })
  const { options, globalOptions } = about('model compare')
  expect(options).toContainEqual(
    expect.objectContaining({ flag: '--challenger', value: 'N', integer: true, summary: expect.any(String) }),
  )
  expect(about('deployment update').options).toContainEqual(
    expect.objectContaining({ flag: '--mode', value: 'MODE', default: 'shadow', choices: expect.anything() }),
  )
  expect(globalOptions.map(({ flag }: { flag: string }) => flag)).toContain('--workspace')
  expect(about('artifact download').options).toContainEqual(expect.objectContaining({ flag: '--output', short: '-o' }))
})

test('a group holds its commands, a command that is a group both, and nothing named all that are shown', () => {
  const namesIn = (name: string): string[] => about(name).commands.map((each: { name: string }) => each.name)
  expect(namesIn('trust').every((name) => name.startsWith('trust '))).toBe(true)
  expect(about('trust')).toMatchObject({ name: 'trust', summary: expect.stringContaining('Keys') })
  expect(about('run')).toMatchObject({ name: 'run', usage: expect.stringContaining('airlock run PIPELINE') })
  expect(namesIn('run')).toContain('run list')
  const all = namesIn('')
  expect(all).toEqual(commands.filter(({ hidden }) => !hidden).map(({ name }) => name))
})
