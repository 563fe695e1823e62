import { beforeAll, expect, test } from 'vitest'
import { createSigningKey, fileSigner } from '../signing.ts'
import { EVIDENCE_EVENT } from './evidence.ts'
import { eventLine, own, type SampleLog, sampleLog, witness } from './sample-log.test-data.ts'
import { type VerifyExportOptions, verifyExport } from './verify-export.ts'

let log: SampleLog
beforeAll(async () => {
  log = await sampleLog(20, [8, 13, 20])
})

const known = { publicKeys: [own.publicKey], witnessKeys: [witness.publicKey] }

/** Verifies lines, handed over in chunks of an odd size. */
const verify = (lines: readonly string[], options: VerifyExportOptions = known, chunkBytes = 97) => {
  const bytes = Buffer.from(lines.join(''))
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, at) =>
    bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes),
  )
  return verifyExport(
    (async function* () {
      yield* chunks
    })(),
    options,
  )
}

const lineOf = (sequence: number) => log.lines.findIndex((line) => line.includes(`"sequence":${sequence},`))
const without = (...sequences: number[]) => log.lines.filter((_, at) => !sequences.some((each) => lineOf(each) === at))
const replaced = (sequence: number, line: string) => log.lines.with(lineOf(sequence), line)

test.each([97, 1, 1_000_000])('a whole log verifies, in chunks of %i bytes', async (chunkBytes) => {
  const verdict = await verify(log.lines, known, chunkBytes)
  expect(verdict).toMatchObject({
    ok: true,
    workspace: 'dev',
    events: 20,
    checkpoints: { verified: 3, last: { size: 20, keyHint: own.keyHint } },
    witnesses: [{ name: 'prod', size: 20 }],
    recoveries: [],
    evidence: { taken: 0, checked: true },
    problems: [],
  })
})

test('evidence that leaves an event out, or makes one up, is named; of what is true nothing is said', async () => {
  const about = (id: string, project: string | null = 'p') => ({ type: 'thing.done', project, subject: { id } })
  const taken = (...sequences: number[]) => ({
    type: EVIDENCE_EVENT,
    project: 'p',
    subject: { id: 'm/1' },
    after: { subjects: ['m/1', 'key'], sequences },
  })
  const events = [
    about('m/1'),
    about('m/2'),
    about('m/1', 'q'),
    about('key', null),
    taken(1, 4),
    about('m/1'),
    taken(1, 4),
  ]
  const { lines } = await sampleLog(9, [9], { entryOf: (at) => [...events, taken(1, 4, 6, 2), taken()][at - 1]! })
  const verified = async (options: Partial<VerifyExportOptions>) => await verify(lines, { ...known, ...options })
  expect(await verified({})).toMatchObject({ ok: true, evidence: { taken: 4, checked: false } })
  const found = await verified({
    again: async () =>
      (async function* () {
        yield Buffer.from(lines.join(''))
      })(),
  })
  expect(found).toMatchObject({ ok: false, evidence: { taken: 4, checked: true } })
  expect(found.problems).toEqual(
    [
      [7, '6'],
      [8, '2'],
      [9, '1, 4, 6'],
    ].map(([sequence, which]) => ({
      kind: 'evidence',
      sequence,
      message: `Event ${sequence} says which events are about m/1, and they are others: it is wrong about ${which}.`,
    })),
  )
})

test('without the key of a witness its countersignatures are said to be unchecked', async () => {
  expect(await verify(log.lines, { publicKeys: [own.publicKey] })).toMatchObject({
    ok: true,
    witnesses: [],
    uncheckedWitnesses: ['prod'],
  })
})

test('a changed event is named, and only that one', async () => {
  const lines = replaced(5, log.lines[lineOf(5)]!.replace('number 5', 'number 6'))
  const { ok, problems, checkpoints } = await verify(lines)
  expect(ok).toBe(false)
  expect(problems).toMatchObject([{ kind: 'changed', sequence: 5 }])
  expect(checkpoints.verified).toBe(3)
})

test('an event whose recorded hash alone was changed is named', async () => {
  const lines = replaced(5, log.lines[lineOf(5)]!.replace(/"leafHash":".{8}/, '"leafHash":"00000000'))
  expect((await verify(lines)).problems).toMatchObject([{ kind: 'changed', sequence: 5 }])
})

test('an event that was changed together with its hash is placed between two heads', async () => {
  const { ok, problems } = await verify(replaced(10, eventLine(10, 'another')))
  expect(ok).toBe(false)
  expect(problems).toMatchObject([
    { kind: 'rewritten', between: { from: 8, to: 13 }, message: expect.stringContaining('event 9 to 13') },
  ])
})

test.each([
  ['one', [5], [5]],
  ['the first', [1], [1]],
  ['several', [4, 9, 10], [4, 9]],
  ['the last', [20], [20]],
])('removed events are named: %s', async (_, removed, named) => {
  const { ok, problems } = await verify(without(...removed))
  expect(ok).toBe(false)
  expect(problems.map(({ kind, sequence }) => ({ kind, sequence }))).toEqual(
    named.map((sequence) => ({ kind: 'removed', sequence })),
  )
})

test('an inserted event is named', async () => {
  const { problems } = await verify(log.lines.toSpliced(lineOf(7) + 1, 0, eventLine(7, 'forged')))
  expect(problems).toMatchObject([{ kind: 'inserted', sequence: 7 }])
})

test('events that changed places are named', async () => {
  const lines = log.lines.with(lineOf(6), log.lines[lineOf(7)]!).with(lineOf(7), log.lines[lineOf(6)]!)
  expect((await verify(lines)).problems).toMatchObject([{ kind: 'reordered', sequence: 6 }])
})

test('events that were renumbered to hide a removal are placed between two heads', async () => {
  const { lines } = await sampleLog(19, [], { reasonOf: (at) => `number ${at < 10 ? at : at + 1}` })
  const heads = log.lines.filter((line) => line.startsWith('{"checkpoint"'))
  const { problems } = await verify([
    ...lines.slice(0, 9),
    heads[0]!,
    ...lines.slice(9, 14),
    heads[1]!,
    ...lines.slice(14),
  ])
  expect(problems).toMatchObject([{ kind: 'rewritten', between: { from: 8, to: 13 } }])
})

test('a log cut at an earlier head is whole by itself, and is caught by any larger head from outside', async () => {
  const cut = (await sampleLog(13, [8, 13])).lines
  expect(await verify(cut)).toMatchObject({ ok: true, events: 13 })
  const { checkpoint, countersignature } = log.heads.get(20)!
  for (const bytes of [checkpoint, countersignature]) {
    const verdict = await verify(cut, { ...known, outside: [{ name: 'head.json', bytes }] })
    expect(verdict).toMatchObject({ ok: false, problems: [{ kind: 'truncated', between: { from: 13, to: 20 } }] })
  }
})

test('a log rewritten and signed anew by its owner is caught by what a witness kept', async () => {
  const rewritten = (await sampleLog(20, [20], { reasonOf: (at) => (at === 10 ? 'whitewashed' : `number ${at}`) }))
    .lines
  expect(await verify(rewritten)).toMatchObject({ ok: true })
  const bytes = log.heads.get(13)!.countersignature
  for (const witnessKeys of [known.witnessKeys, []]) {
    const verdict = await verify(rewritten, { ...known, witnessKeys, outside: [{ name: 'head.json', bytes }] })
    expect(verdict).toMatchObject({ ok: false, problems: [{ kind: 'forked', between: { to: 13 } }] })
  }
})

test('heads from outside that agree change nothing', async () => {
  const outside = [...log.heads].map(([size, { checkpoint }]) => ({ name: `${size}`, bytes: checkpoint }))
  expect(await verify(log.lines, { ...known, outside })).toMatchObject({ ok: true, problems: [] })
})

test('heads of another key are not believed', async () => {
  const { publicKey } = fileSigner(createSigningKey())
  const { ok, problems, checkpoints } = await verify(log.lines, { ...known, publicKeys: [publicKey] })
  expect(ok).toBe(false)
  expect(checkpoints.verified).toBe(0)
  expect(problems.map(({ kind }) => kind)).toEqual(['signature', 'signature', 'signature', 'unsigned'])
  const bytes = log.heads.get(20)!.checkpoint
  await expect(verify(log.lines, { publicKeys: [publicKey], outside: [{ name: 'x', bytes }] })).rejects.toThrow(
    /not trusted/,
  )
})

test('a changed head or countersignature is not believed', async () => {
  const lines = log.lines.map((line) => line.replace(/"sig":"(...)./, '"sig":"$1A'))
  const { ok, problems } = await verify(lines)
  expect(ok).toBe(false)
  expect(problems.filter(({ kind }) => kind === 'signature').length).toBeGreaterThan(0)
})

test('events behind the last head, and a log without heads, are not vouched for', async () => {
  const { problems } = await verify(log.lines.slice(0, -2))
  expect(problems).toMatchObject([{ kind: 'unsigned', between: { from: 13, to: 20 } }])
  const none = await verify(log.lines.filter((line) => !line.startsWith('{"checkpoint"')))
  expect(none.ok).toBe(false)
})

test('a line of something else is named by its number', async () => {
  for (const line of ['{}\n', 'null\n', '\n', '{"entry":{"sequence":1}}\n', 'not JSON\n']) {
    const { ok, problems } = await verify(log.lines.toSpliced(3, 0, line))
    expect(ok).toBe(false)
    expect(problems[0]).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('ine 4') })
  }
})

test('another kind of file is refused as such', async () => {
  for (const text of ['', 'hello', '{"formatVersion":1}\n'])
    await expect(verify([text])).rejects.toThrow(expect.objectContaining({ name: 'NotAnExport' }))
})

test('an outside head that is none is refused', async () => {
  await expect(
    verify(log.lines, { ...known, outside: [{ name: 'x.json', bytes: Buffer.from('{}') }] }),
  ).rejects.toThrow(/x\.json/)
})
