import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { float64Column, Table } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { bytes, json, list, model, optional, table, text } from '../index.ts'
import { testStep } from '../testing/test-step.ts'
import { commandStep } from './command-step.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-command-'))
  await writeFile(join(dir, 'airlock.config.ts'), '')
})
afterAll(() => rm(dir, { recursive: true }))

/** A step that runs a script of the project with a shell. */
async function shell(script: string) {
  const file = join(dir, `${crypto.randomUUID()}.sh`)
  await writeFile(file, script)
  return ['/bin/sh', pathToFileURL(file)] as const
}

test('a program reads inputs and parameters, leaves outputs and metadata, and its lines become the log', async () => {
  const command = await shell(`
    set -e
    echo "in $(basename "$PWD") with $(cat "$AIRLOCK_PARAMS")"
    echo "careful" >&2
    cp "$AIRLOCK_INPUT_TRAIN" "$AIRLOCK_OUTPUT_COPY"
    printf '{"b": 1, "a": [%s]}' "$(cat "$AIRLOCK_INPUT_NOTE")" > "$AIRLOCK_OUTPUT_SUMMARY"
    echo '{"accuracy": 0.9, "seed": '$AIRLOCK_SEED'}' >> "$AIRLOCK_METADATA"
    echo '{"accuracy": 0.97}' >> "$AIRLOCK_METADATA"`)
  const copy = commandStep({
    name: 'copy',
    command,
    inputs: { train: table(), note: text() },
    outputs: { copy: table(), summary: json<{ a: number[]; b: number }>() },
    params: z.object({ trees: z.int().default(100) }),
  })
  const train = new Table([float64Column('size', [1, 2])])
  const { outputs, metadata, logs } = await testStep(copy, { inputs: { train, note: '42' }, seed: 5 })
  expect(outputs.copy.toRows()).toEqual(train.toRows())
  expect(outputs.summary).toEqual({ a: [42], b: 1 })
  expect(metadata).toEqual({ accuracy: 0.97, seed: 5, random_seed: 5 })
  expect(logs.map(({ level, message }) => [level, message]).sort()).toEqual([
    ['info', `in ${dir.split('/').at(-1)} with {"trees":100}`],
    ['warn', 'careful'],
  ])
})

test('a list comes as a folder, in its order, and what is not given as no variable', async () => {
  const command = await shell(`
    for part in "$AIRLOCK_INPUT_PARTS"/*; do cat "$part"; done > "$AIRLOCK_OUTPUT_WHOLE"
    printf '%s' "\${AIRLOCK_INPUT_NOTE-none}" >> "$AIRLOCK_OUTPUT_WHOLE"`)
  const join = commandStep({
    name: 'join',
    command,
    inputs: { parts: list(text()), note: optional(text()) },
    outputs: { whole: text() },
  })
  const parts = Array.from({ length: 12 }, (_, at) => `${at} `)
  const { outputs } = await testStep(join, { inputs: { parts, note: undefined } })
  expect(outputs.whole).toBe('0 1 2 3 4 5 6 7 8 9 10 11 none')
})

test('it sees the variables that are named, and no other of this process', async () => {
  process.env.COMMAND_TEST_NAMED = 'yes'
  process.env.COMMAND_TEST_SECRET = 'no'
  const command = await shell('env | cut -d= -f1 | sort > "$AIRLOCK_OUTPUT_NAMES"')
  const look = (env: string[]) => commandStep({ name: 'look', command, env, outputs: { names: text() } })
  const { outputs } = await testStep(look(['PATH', 'COMMAND_TEST_NAMED']), {})
  delete process.env.COMMAND_TEST_NAMED
  delete process.env.COMMAND_TEST_SECRET
  const own = ['METADATA', 'OUTPUT_NAMES', 'PARAMS', 'RUN_ID', 'SEED', 'STEP'].map((name) => `AIRLOCK_${name}`)
  // The shell sets some of its own.
  const seen = outputs.names
    .trim()
    .split('\n')
    .filter((name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name))
  expect(seen).toEqual([...own, 'COMMAND_TEST_NAMED', 'PATH', 'TMPDIR'])
  await expect(testStep(look(['COMMAND_TEST_NAMED']), {})).rejects.toThrow(
    'Step "look" needs the environment variable COMMAND_TEST_NAMED, which is not set.',
  )
})

test('another exit code than 0 fails with the last lines of stderr, and keeps what was recorded before', async () => {
  const command = await shell(`
    echo '{"rows": 3}' >> "$AIRLOCK_METADATA"
    for line in $(seq 30); do echo "line $line" >&2; done
    exit 3`)
  const fail = testStep(commandStep({ name: 'fail', command }), {})
  await expect(fail).rejects.toThrow(/^Step "fail": .* ended with exit code 3\. Its last lines on stderr:\nline 11\n/)
  await expect(fail).rejects.toThrow(/line 30$/)
  const silent = testStep(commandStep({ name: 'silent', command: await shell('kill -9 $$') }), {})
  await expect(silent).rejects.toThrow(
    'was ended by SIGKILL. The system does that when memory runs out. It wrote nothing to stderr.',
  )
  const crashed = testStep(commandStep({ name: 'crashed', command: await shell('kill -SEGV $$') }), {})
  await expect(crashed).rejects.toThrow('was ended by SIGSEGV. That is a crash of native code')
})

test('a program that is not there is named, with where it was looked for', async () => {
  const missing = commandStep({ name: 'missing', command: ['no-such-program'] })
  await expect(testStep(missing, {})).rejects.toThrow(
    'no-such-program could not be started: there is no such program in PATH',
  )
  const file = join(dir, 'closed.sh')
  await writeFile(file, '')
  await chmod(file, 0o600)
  const closed = commandStep({ name: 'closed', command: [pathToFileURL(file)] })
  await expect(testStep(closed, {})).rejects.toThrow('EACCES')
})

test.each([
  [
    'nothing',
    ':',
    'Output "x" of step "s" is missing: the command did not write the file that AIRLOCK_OUTPUT_X names.',
  ],
  ['a folder', 'mkdir "$AIRLOCK_OUTPUT_X"', 'Output "x" of step "s" must be a file'],
  ['a link', 'ln -s /etc/hostname "$AIRLOCK_OUTPUT_X"', 'Output "x" of step "s" must be a file'],
  ['a half', `printf '{"a": ' > "$AIRLOCK_OUTPUT_X"`, 'Output "x" of step "s" is not a json, as the command wrote it:'],
  [
    'another shape',
    `echo '{"a": "b"}' > "$AIRLOCK_OUTPUT_X"`,
    'Output "x" of step "s" does not fit its schema: a expected',
  ],
])('%s instead of JSON is refused by name', async (_, script, message) => {
  const outputs = { x: json(z.object({ a: z.number() })) }
  const step = commandStep({ name: 's', command: await shell(script), outputs })
  await expect(testStep(step, {})).rejects.toThrow(message)
})

test('a table that is no Parquet and a model that is no ONNX are refused by name', async () => {
  const write = await shell('echo nonsense > "$AIRLOCK_OUTPUT_X"')
  const asTable = commandStep({ name: 's', command: write, outputs: { x: table() } })
  await expect(testStep(asTable, {})).rejects.toThrow('Output "x" of step "s" is not a table, as the command wrote it:')
  const asModel = commandStep({ name: 's', command: write, outputs: { x: model() } })
  await expect(testStep(asModel, {})).rejects.toThrow('Output "x" of step "s" is not a model that is safe to load')
})

test('metadata that is no JSON object is refused with its line', async () => {
  const run = async (line: string) => {
    const command = await shell(`printf '{"a": 1}\\n%s\\n' '${line}' > "$AIRLOCK_METADATA"`)
    await testStep(commandStep({ name: 's', command }), {})
  }
  await expect(run('{"a":')).rejects.toThrow(
    'Step "s" wrote as line 2 of AIRLOCK_METADATA the text "{\\"a\\":", which is not JSON.',
  )
  await expect(run('[1]')).rejects.toThrow(
    'Step "s" wrote as line 2 of AIRLOCK_METADATA a list of 1. Each line must be an object',
  )
})

test('bytes of any kind pass as they are', async () => {
  const command = await shell('printf "\\377\\000" > "$AIRLOCK_OUTPUT_PICTURE"')
  const draw = commandStep({ name: 'draw', command, outputs: { picture: bytes('image/png') } })
  expect((await testStep(draw, {})).outputs.picture).toEqual(Uint8Array.of(255, 0))
})

test('a cancelled program is asked to end, with all that it started, and then made to', async () => {
  const witness = join(dir, 'witness')
  const cancelled = async (script: string) => {
    const stop = new AbortController()
    const step = commandStep({ name: 'long', command: await shell(script), graceMs: 300 })
    const log = { ...noLog, info: () => stop.abort(new Error('cancelled by ada')) }
    await expect(testStep(step, { context: { signal: stop.signal, log } })).rejects.toThrow('cancelled by ada')
  }
  await cancelled(`trap 'echo asked > "${witness}"; exit 0' TERM; sleep 60 & echo ready; wait`)
  expect(await readFile(witness, 'utf8')).toBe('asked\n')
  const startedAt = performance.now()
  await cancelled(
    `trap '' TERM; (trap '' TERM; while :; do sleep 0.05; date +%s%N > "${witness}"; done) & echo ready; wait`,
  )
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  const last = await readFile(witness, 'utf8')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await readFile(witness, 'utf8')).toBe(last)
})

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

test('what it leaves running behind is ended with it', async () => {
  const witness = join(dir, 'left-behind')
  const command = await shell(`(while :; do sleep 0.05; date +%s%N > "${witness}"; done) & sleep 0.3`)
  await testStep(commandStep({ name: 'leave', command }), {})
  const last = await readFile(witness, 'utf8')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await readFile(witness, 'utf8')).toBe(last)
})

test('a snapshot holds the command and the digests of its files, without a path of this machine', async () => {
  await mkdir(join(dir, 'lib', '__pycache__'), { recursive: true })
  await writeFile(join(dir, 'lib', 'a.py'), 'a')
  await writeFile(join(dir, 'lib', '__pycache__', 'a.pyc'), 'made anew each time')
  await writeFile(join(dir, 'train.py'), 'train')
  const { definition } = commandStep({
    name: 's',
    command: ['python3', pathToFileURL(join(dir, 'train.py')), '--fast'],
    files: ['lib'],
  })
  const described = definition.command?.()
  expect(described).toEqual({
    argv: ['python3', 'train.py', '--fast'],
    env: ['PATH'],
    files: { 'lib/a.py': expect.stringMatching(/^[0-9a-f]{64}$/), 'train.py': expect.any(String) },
  })
  await writeFile(join(dir, 'train.py'), 'train otherwise')
  expect(definition.command?.().files['train.py']).not.toBe(described?.files['train.py'])
  await rm(join(dir, 'train.py'))
  expect(() => definition.command?.()).toThrow('Step "s" names the file train.py, which is not there.')
})

test.each([
  [{ command: [] }, 'The command of step "s" must be a list'],
  [{ command: 'python3 train.py' as unknown as string[] }, 'The command of step "s" must be a list'],
  [{ command: [''] }, 'Step "s" has the text "" in its command.'],
  [{ command: ['sh', 7 as unknown as string] }, 'Step "s" has 7 in its command.'],
  [{ command: [new URL('https://example.com/train.py')] }, 'Step "s" has https://example.com/train.py in its command.'],
  [{ command: ['sh'], env: ['A=B'] }, 'Step "s" names the text "A=B" in its env.'],
  [{ command: ['sh'], env: ['AIRLOCK_SEED'] }, 'Step "s" names the text "AIRLOCK_SEED" in its env.'],
  [{ command: ['sh'], graceMs: -1 }, 'The graceMs of step "s" must be from 0 to 600000, got -1.'],
])('%j cannot be a command', (options, message) => {
  expect(() => commandStep({ name: 's', ...options })).toThrow(message)
})

test('files outside of the project are refused', () => {
  const { definition } = commandStep({ name: 's', command: ['sh'], files: ['/etc/hostname'] })
  expect(() => definition.command?.()).toThrow('Step "s" names /etc/hostname, which is outside of the project.')
})
