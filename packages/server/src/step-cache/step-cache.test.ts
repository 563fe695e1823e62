import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CacheAnswer, SnapshotSpec, StepCode } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, trainingSpec, upload } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
const { dev } = both

const code = (change: Partial<StepCode> = {}): StepCode => ({
  files: { 'src/steps.ts': 'a'.repeat(64) },
  packages: { zod: '4.0.0' },
  lockFile: 'b'.repeat(64),
  node: 'v24.0.0',
  place: '1:1 #0',
  project: null,
  ...change,
})

type Change = { factor?: number; code?: StepCode; renew?: boolean; text?: string; commit?: string; name?: string }

/** Two steps: `load` makes text, `scale` reads it. */
const specOf = ({ factor = 2, commit, name = 'cached' }: Change): SnapshotSpec => {
  const { code, ...rest } = trainingSpec()
  return {
    ...rest,
    pipeline: name,
    parameters: {},
    model: null,
    code: { ...code, ...(commit !== undefined && { commit }) },
    steps: [
      { name: 'load', inputs: {}, outputs: { text: { type: 'text' } }, parameters: {}, cache: true },
      {
        name: 'scale',
        inputs: { text: { from: 'step', step: 'load', output: 'text' } },
        outputs: { number: { type: 'json' } },
        parameters: { factor },
        cache: true,
      },
    ],
  }
}

async function start(change: Change = {}, by = dev.root) {
  const snapshot = await by('createSnapshot', { project, body: specOf(change) })
  const { run, lease } = await by('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id }
  const { token: leaseToken } = lease
  const ask = async (...steps: string[]): Promise<Record<string, CacheAnswer>> => {
    const body = {
      leaseToken,
      codes: [change.code ?? code()],
      steps: steps.map((step) => ({ step, code: 0 })),
      renew: change.renew ?? false,
    }
    return (await by('takeCached', { ...held, body })).steps
  }
  const make = async (step: string, output: string, text: string, cacheKey?: string) => {
    await by('startStep', { ...held, step, body: { leaseToken } })
    const digest = await upload(by, Buffer.from(text))
    const outputs = { [output]: { type: step === 'load' ? ('text' as const) : ('json' as const), digest } }
    return by('completeStep', { ...held, step, body: { leaseToken, outputs, cacheKey } })
  }
  return {
    held,
    leaseToken,
    ask,
    make,
    runId: run.id,
    complete: () => by('completeRun', { ...held, body: { leaseToken } }),
  }
}

const keyOf = (answer: CacheAnswer | undefined) => (answer as { key: string }).key

/** A run that does what it does not find. */
async function fill(change: Change = {}, by = dev.root) {
  const run = await start(change, by)
  const first = await run.ask('load', 'scale')
  if (first.load?.state === 'new') await run.make('load', 'text', change.text ?? 'hello', keyOf(first.load))
  const { scale } = first.scale?.state === 'waiting' ? await run.ask('scale') : first
  if (scale?.state === 'new') await run.make('scale', 'number', String(change.factor ?? 2), keyOf(scale))
  await run.complete()
  return { ...run, first, scale }
}

test('what is new has to run, what reads it waits; in the next run both are taken at once, from where they ran', async () => {
  const { first, scale, runId } = await fill({ name: 'chain' })
  expect(first).toMatchObject({ load: { state: 'new', refused: null }, scale: { state: 'waiting' } })
  expect(scale).toMatchObject({ state: 'new' })
  const again = await start({ name: 'chain' })
  const taken = await again.ask('load', 'scale')
  expect(taken).toMatchObject({
    load: { state: 'cached', fromRunId: runId, outputs: { text: { name: 'chain.load.text', version: 2 } } },
    scale: { state: 'cached', fromRunId: runId, key: keyOf(scale) },
  })
  const completed = await again.complete()
  expect(completed.steps).toMatchObject([
    { name: 'load', status: 'cached', cachedFrom: runId },
    { name: 'scale', status: 'cached', cachedFrom: runId, cacheKey: keyOf(scale) },
  ])
  const third = await start({ name: 'chain' })
  expect(await third.ask('load')).toMatchObject({ load: { state: 'cached', fromRunId: runId } })
})

test('other parameters, other code and other inputs are other keys, and the explanation names exactly them', async () => {
  const own = (change: Partial<StepCode> = {}) => code({ files: { 'src/own.ts': 'a'.repeat(64) }, ...change })
  const fillOwn = (change: Change) => fill({ name: 'differing', code: own(), ...change })
  const { runId } = await fillOwn({ text: 'one' })
  const other = await fillOwn({ text: 'one', factor: 3 })
  expect(other.first.load).toMatchObject({ state: 'cached' })
  const explain = (id: string, step: string) => dev.root('explainStep', { project, runId: id, step })
  expect(await explain(other.runId, 'scale')).toMatchObject({
    verdict: 'ran',
    nearest: { runId },
    differences: [{ kind: 'parameter', name: 'factor', before: 2, after: 3 }],
  })
  expect(await explain(other.runId, 'load')).toMatchObject({ verdict: 'cached', cachedFrom: { runId } })
  expect(await explain(runId, 'load')).toMatchObject({ verdict: 'ran', nearest: null, differences: [] })
  const changed = own({ files: { 'src/own.ts': 'c'.repeat(64), 'src/new.ts': 'd'.repeat(64) }, place: '9:1 #0' })
  const later = await fillOwn({ text: 'two', code: changed })
  expect((await explain(later.runId, 'load')).differences).toEqual([
    { kind: 'file', name: 'src/new.ts', before: null, after: 'd'.repeat(64) },
    { kind: 'file', name: 'src/own.ts', before: 'a'.repeat(64), after: 'c'.repeat(64) },
  ])
  const { differences } = await explain(later.runId, 'scale')
  expect(differences.map(({ kind, name }) => `${kind} ${name}`)).toContain('input text')
  for (const [change, kind] of [
    [{ lockFile: 'e'.repeat(64) }, 'lock-file'],
    [{ packages: { zod: '4.0.1' } }, 'package'],
    [{ node: 'v24.1.0' }, 'node'],
    [{ place: '2:1 #0' }, 'place'],
    [{ project: { digest: 'f'.repeat(64), why: 'it imports what is worked out' } }, 'project'],
  ] as const) {
    const { runId: id } = await fillOwn({ code: own(change) })
    expect((await explain(id, 'load')).differences.map((each) => each.kind)).toEqual([kind])
  }
})

const blobOf = (digest: string) => join(dev.dir, 'artifacts', 'blobs', digest.slice(0, 2), digest)
const textOf = async (runId: string) =>
  (await dev.root('showRun', { project, runId })).steps.find(({ name }) => name === 'load')!.outputs.text!.digest

test.each([
  ['deleted', (path: string) => rm(path), 'is gone from the artifact store'],
  ['cut off', (path: string) => writeFile(path, 'x'), 'another size'],
  ['changed', (path: string) => writeFile(path, 'CHANGED'), 'another SHA-256'],
])(
  'an entry whose artifact was %s is not used, which is said, and running it anew makes it whole',
  async (name, harm, why) => {
    const change = {
      name: `harmed-${name.replace(' ', '-')}`,
      text: `harmed ${name}`.slice(0, 7) + name.length,
      code: code({ place: name }),
    }
    const text = 'same7ch'
    const { runId } = await fill({ ...change, text })
    await harm(blobOf(await textOf(runId)))
    const again = await start(change)
    const { load, scale } = await again.ask('load', 'scale')
    expect(load).toMatchObject({ state: 'new', refused: expect.stringContaining(why) })
    expect(scale).toEqual({ state: 'waiting' })
    expect((await dev.root('explainStep', { project, runId, step: 'load' })).verdict).toBe('ran')
    await again.make('load', 'text', text, keyOf(load))
    expect(await again.ask('scale')).toMatchObject({ scale: { state: 'cached' } })
    await again.complete()
    expect(await (await start(change)).ask('load')).toMatchObject({ load: { state: 'cached', fromRunId: again.runId } })
  },
)

test('two runs that make the same entry at once both make it, and the newer is found', async () => {
  const change = { name: 'twins', code: code({ place: 'twins' }) }
  const [one, two] = [await start(change), await start(change)]
  const answers = await Promise.all([one.ask('load'), two.ask('load')])
  expect(keyOf(answers[0].load)).toBe(keyOf(answers[1].load))
  await Promise.all([
    one.make('load', 'text', 'twin', keyOf(answers[0].load)),
    two.make('load', 'text', 'twin', keyOf(answers[1].load)),
  ])
  expect(await (await start(change)).ask('load')).toMatchObject({ load: { state: 'cached', fromRunId: two.runId } })
  const why = await dev.root('explainStep', { project, runId: two.runId, step: 'load' })
  expect(why).toMatchObject({ verdict: 'ran', nearest: { runId: one.runId }, differences: [] })
})

test('a step that failed has no entry, one of a run that failed has', async () => {
  const change = { name: 'failing', code: code({ place: 'failing' }) }
  const run = await start(change)
  const { load } = await run.ask('load')
  await run.make('load', 'text', 'kept', keyOf(load))
  const { scale } = await run.ask('scale')
  await dev.root('startStep', { ...run.held, step: 'scale', body: { leaseToken: run.leaseToken } })
  await dev.root('failStep', { ...run.held, step: 'scale', body: { leaseToken: run.leaseToken, error: 'boom' } })
  await dev.root('failRun', {
    ...run.held,
    body: { leaseToken: run.leaseToken, error: { step: 'scale', message: 'boom' } },
  })
  const answers = await (await start(change)).ask('load', 'scale')
  expect(answers).toMatchObject({ load: { state: 'cached' }, scale: { state: 'new', key: keyOf(scale) } })
  const why = await dev.root('explainStep', { project, runId: run.runId, step: 'scale' })
  expect(why).toMatchObject({ verdict: 'off', reason: 'It is failed: only what completed has an entry.' })
})

test('with `renew` nothing is taken, and what is made is found later', async () => {
  const change = { name: 'renewed', code: code({ place: 'renewed' }) }
  await fill(change)
  const { runId, first } = await fill({ ...change, renew: true })
  expect(first.load).toMatchObject({ state: 'new', refused: null })
  expect(await (await start(change)).ask('load')).toMatchObject({ load: { fromRunId: runId } })
})

test('what was recalled is not taken', async () => {
  const change = { name: 'recalled', text: 'bad data', code: code({ place: 'recalled' }) }
  const { runId } = await fill(change)
  const digest = await textOf(runId)
  await dev.root('recall', {
    project,
    body: { target: { artifact: digest }, reason: 'Wrong labels.' },
  } as never)
  const { load } = await (await start(change)).ask('load')
  expect(load).toMatchObject({ state: 'new', refused: expect.stringContaining('is recalled: Wrong labels.') })
})

test('a step of another name, and a code that was not given, are refused', async () => {
  const run = await start()
  await expect(run.ask('ghost')).rejects.toMatchObject({ code: 'step_run_not_found' })
  const body = { leaseToken: run.leaseToken, codes: [code()], steps: [{ step: 'load', code: 1 }] }
  await expect(dev.root('takeCached', { ...run.held, body })).rejects.toMatchObject({ code: 'request_invalid' })
  await expect(dev.root('explainStep', { ...run.held, step: 'load' })).rejects.toMatchObject({
    code: 'step_run_not_found',
  })
})
