import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, must } from './faulty-project.ts'
import { canMount, mountSmallDisk, type SmallDisk, why } from './small-disk.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

let project: FaultyProject
/** Where the workspaces lie, and where a user's files and the private folders of steps go. */
let state: SmallDisk | undefined
let files: SmallDisk | undefined
let out: string
beforeAll(async () => {
  project = await faultyProject()
  out = join(project.dir, 'out')
  if (!canMount) return
  state = await mountSmallDisk(join(project.dir, '.airlock'), 8)
  files = await mountSmallDisk(out, 2)
  await writeFile(join(project.dir, 'src/wide-steps.ts'), wideSteps)
  for (const [name, text] of Object.entries(pipelines)) {
    await writeFile(join(project.dir, `src/pipelines/${name}.ts`), text)
  }
  await writeFile(join(project.dir, 'more-stacks.yaml'), stacks)
  await must(project, ['init', '--admin', 'ada'])
  await must(project, ['run', 'caching'])
}, 120_000)
afterEach(() => {
  state?.empty()
  files?.empty()
})
afterAll(async () => {
  state?.unmount()
  files?.unmount()
  await project.remove()
})

async function saysThereIsNoSpace(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const ended = await project.airlock(args, env)
  expect(ended).toMatchObject({ code: 1, signal: null })
  const printed = ended.stdout + ended.stderr
  expect(printed).toMatch(/no space left/i)
  expect(printed).not.toMatch(/\n {4}at /)
  return printed
}

test.skipIf(!canMount)(`a download leaves nothing half-written, and says so (${why})`, async () => {
  for (const [freeKib, ...args] of [
    [16, 'artifact', 'download', 'caching.make_text.words', '-o', 'out/words.txt'],
    [0, 'audit', 'export', '-o', 'out/log.jsonl'],
  ] as const) {
    files?.leave(freeKib)
    expect(await saysThereIsNoSpace(args)).toContain(`There is no space left for ${args.at(-1)}`.replace('out', out))
    expect(await readdir(out)).toEqual(['filler'])
  }
})

test.skipIf(!canMount).each([
  ['isolating', 16],
  ['commanding', 16],
  // Room for its input of 235 KiB, not for what it makes of it.
  ['isolating', 300],
  ['commanding', 300],
] as const)(
  `a step that works on files fails in words, and its folder is gone: %s with %i KiB left (${why})`,
  async (pipeline, freeKib) => {
    files?.leave(freeKib)
    const printed = await saysThereIsNoSpace(['run', pipeline], { TMPDIR: out })
    // A program says in its own words what it could not write.
    const ours = `There is no space left for the files of a step in ${out}/airlock-step-`
    expect(printed).toContain(pipeline === 'commanding' && freeKib === 300 ? 'No space left on device' : ours)
    expect((await readdir(out)).filter((name) => name.startsWith('airlock-step-'))).toEqual([])
  },
)

// A cached run only reads bytes, and records; a chatty one stores nothing but lines of its log; a stack is one row.
test.skipIf(!canMount).each([
  [0, ['run', 'caching']],
  [64, ['run', 'chatting']],
  [0, ['stack', 'apply', '-f', 'more-stacks.yaml']],
])(`with %i KiB left airlock %j says so, and nothing of it was kept (${why})`, async (freeKib, args) => {
  state?.leave(freeKib)
  expect(await saysThereIsNoSpace(args)).toContain('enterprise-dev-staging')
  state?.empty()
  const account = await accountOf(project.dir, dev)
  expect(faultsOf(account)).toEqual([])
  expect(account.runs.filter(({ pipeline, status }) => pipeline === args[1] && status === 'completed').length).toBe(
    args[1] === 'caching' ? 1 : 0,
  )
  expect(await must(project, ['stack', 'list', '--json'])).not.toContain('gpu-stack')
})

test.skipIf(!canMount)(`with room again the same commands end well (${why})`, async () => {
  for (const pipeline of ['caching', 'isolating', 'commanding', 'chatting']) await must(project, ['run', pipeline])
  await must(project, ['stack', 'apply', '-f', 'more-stacks.yaml'])
  await must(project, ['artifact', 'download', 'caching.make_text.words', '-o', 'out/words.txt'])
  expect(faultsOf(await accountOf(project.dir, dev))).toEqual([])
})

const stacks = `workspaces:
  ${dev}:
    gpu-stack: { components: { orchestrator: { flavor: local }, artifact_store: { flavor: local } } }
`

const wideSteps = `import { commandStep, step, text } from '@airlock-ml/sdk'

export const makeText = step({
  name: 'make_text',
  cache: true,
  outputs: { words: text() },
  run: () => ({ words: 'words '.repeat(40_000) }),
})

export const copyIsolated = step({
  name: 'copy_isolated',
  inputs: { words: text() },
  outputs: { words: text() },
  isolation: 'process',
  run: ({ inputs }) => ({ words: inputs.words.toUpperCase() }),
})

export const copyByCommand = commandStep({
  name: 'copy_by_command',
  command: ['sh', '-c', 'cp "$AIRLOCK_INPUT_WORDS" "$AIRLOCK_OUTPUT_WORDS"'],
  inputs: { words: text() },
  outputs: { words: text() },
})

export const chat = step({
  name: 'chat',
  run: ({ context }) => {
    for (let line = 0; line < 200; line++) context.log.info('x'.repeat(5_000))
  },
})
`

const pipelineOf = (name: string, build: string) => `import { pipeline } from '@airlock-ml/sdk'
import { chat, copyByCommand, copyIsolated, makeText } from '../wide-steps.ts'

export default pipeline({ name: '${name}', build: () => void ${build} })
`

const pipelines = {
  caching: pipelineOf('caching', 'makeText()'),
  isolating: pipelineOf('isolating', 'copyIsolated({ inputs: makeText() })'),
  commanding: pipelineOf('commanding', 'copyByCommand({ inputs: makeText() })'),
  chatting: pipelineOf('chatting', 'chat()'),
}
