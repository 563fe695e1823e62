import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readStacksFile } from './read-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-stacks-'))
})
afterEach(() => rm(dir, { recursive: true }))

const read = async (text: string) => {
  await writeFile(join(dir, 'stacks.yaml'), text)
  return await readStacksFile(join(dir, 'stacks.yaml'))
}
const ofDev = (stack: string) => `workspaces: { dev: { dev-stack: ${stack} } }`
const anchorBomb = [
  'a0: &a0 [x]',
  ...Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`),
].join('\n')

test('stacks are read by workspace and name, with their defaults', async () => {
  const stacks = await read(ofDev('{ labels: { team: ml }, components: { orchestrator: { flavor: local } } }'))
  expect(stacks.get('dev')?.get('dev-stack')).toEqual({
    labels: { team: 'ml' },
    components: [{ type: 'orchestrator', flavor: 'local', config: {} }],
  })
})

test.each([
  ['a stack twice', 'workspaces:\n  dev:\n    a: {}\n    a: {}\n', 'Map keys must be unique'],
  ['a component twice', ofDev('{ components: { alerter: {}, alerter: {} } }'), 'Map keys must be unique'],
  ['broken YAML', 'workspaces: [', 'is not sound YAML'],
  ['aliases that unfold to gigabytes', anchorBomb, 'uses a YAML alias'],
  ['a number as a flavor', ofDev('{ components: { orchestrator: { flavor: 5 } } }'), 'flavor: expected string, got 5.'],
  [
    'a number as a label',
    ofDev('{ labels: { cost: 7 }, components: { alerter: { flavor: slack } } }'),
    'dev-stack.labels.cost: expected string, got 7.',
  ],
  ['a flavor alone', ofDev('{ components: { orchestrator: local } }'), 'got the text "local".'],
  [
    'an unknown component',
    ofDev('{ components: { orchestratr: { flavor: local } } }'),
    'orchestratr: is not known. Did you mean "orchestrator"?',
  ],
  ['an unknown key', ofDev('{ component: {} }'), 'component: is not known. Did you mean "components"?'],
  ['no components', ofDev('{ components: {} }'), 'dev-stack.components is empty'],
  ['nothing', '', 'the whole: '],
  ['a list', '- a\n', 'the whole: expected object, got a list of 1.'],
])('%s is refused in words', async (_, text, message) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'cli_file_invalid',
    message: expect.stringContaining(message),
  })
})
