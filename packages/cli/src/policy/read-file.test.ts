import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPolicyFile } from './read-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-policy-'))
})
afterEach(() => rm(dir, { recursive: true }))

const gate = '{ name: accuracy, expression: "metrics.accuracy >= 0.9", message: Too low, remedy: Train again }'
const read = async (text: string) => {
  await writeFile(join(dir, 'policy.yaml'), text)
  return await readPolicyFile(dir, 'policy.yaml')
}

test('a policy is read with its defaults', async () => {
  expect(await read(`name: production\nstage: production\ngates:\n  - ${gate}\n`)).toMatchObject({
    stage: 'production',
    gates: [{ name: 'accuracy', grade: 'asserted' }],
    approvals: { required: 0, roles: ['approver'] },
  })
})

test.each([
  ['a doubled key', `name: a\nstage: staging\nname: b\ngates: [${gate}]`, 'cli_file_invalid'],
  ['broken YAML', 'name: [', 'cli_file_invalid'],
  ['an unknown key', `name: a\nstage: staging\ngate: []\ngates: [${gate}]`, 'policy_invalid'],
  ['no gates', 'name: a\nstage: staging\ngates: []', 'policy_invalid'],
  ['an unknown stage', `name: a\nstage: prod\ngates: [${gate}]`, 'policy_invalid'],
  ['nothing', '', 'policy_invalid'],
])('%s is refused', async (_, text, code) => {
  await expect(read(text)).rejects.toMatchObject({ code })
})

test('a file that is not there is named', async () => {
  await expect(readPolicyFile(dir, 'missing.yaml')).rejects.toMatchObject({
    code: 'cli_file_invalid',
    message: expect.stringContaining('missing.yaml'),
  })
})
