import { hash } from 'node:crypto'
import { EnvelopeError } from '../envelope.ts'
import { parseJson } from '../exact-fields.ts'
import { readCheckpoint } from './checkpoint.ts'
import { readCountersignature } from './countersignature.ts'
import { EVIDENCE_EVENT, evidenceOf, type TakenEvidence } from './evidence.ts'
import {
  ENTRY_START,
  type ExportHeader,
  entryEnd,
  eventOf,
  hasRecordedHash,
  isEventLine,
  recordedHash,
} from './export-lines.ts'
import { Frontier } from './frontier.ts'
import { isRotation, KeySuccession } from './key-succession.ts'
import { type Key, namedBy } from './keys.ts'
import { RECOVERY_EVENT, type Recovery, recoveryOf } from './recovery.ts'
import { SequenceCheck } from './sequence-check.ts'
import type { LogProblem, LogVerdict } from './verdict.ts'

/** A head that somebody keeps outside of the file that is checked, and the key of the workspace that signed it. */
export type OutsideHead = { size: number; rootHash: string; at: string; by: string; keyHint: string }

/** What a check believes: public keys, and heads from outside, smallest first. */
export type Beliefs = {
  /** PEM keys of the workspace whose log it is. */
  publicKeys: readonly Key[]
  witnessKeys: readonly Key[]
  outside: readonly OutsideHead[]
}

const MAX_PROBLEMS = 50
const MAX_EVIDENCE = 10_000
const LEAF_PREFIX = 0

/** Checks an exported log line by line, holding no more than a tree's frontier. */
export class LogVerifier {
  readonly #beliefs: Beliefs
  /** What evidence named, the first 10,000 times; the log has to be read again to be held against it. */
  readonly evidence: TakenEvidence[] = []
  readonly #recoveries: Recovery[] = []
  readonly #problems: LogProblem[] = []
  readonly #sequences = new SequenceCheck((problem) => this.#report(problem))
  /** Grown from the leaf hashes that stand in the file. */
  readonly #recorded = new Frontier()
  /** Grown from the entries themselves; only where they differ. */
  #computed: Frontier | undefined
  #header: ExportHeader | undefined
  #lines = 0
  #events = 0
  /** Whether every event so far stood where it belongs, so that roots can be compared. */
  #isWhole = true
  #rewritten = false
  #verifiedSize = 0
  #checkpoints: LogVerdict['checkpoints'] = { verified: 0, last: null }
  readonly #witnesses = new Map<string, { size: number; at: string }>()
  readonly #unchecked = new Set<string>()
  readonly #succession: KeySuccession
  #nextOutside = 0

  constructor(beliefs: Beliefs) {
    this.#beliefs = beliefs
    this.#succession = new KeySuccession(beliefs.publicKeys, (problem) => this.#report(problem))
  }

  /** Takes the next line; it is only lent. */
  take(line: Buffer): void {
    this.#lines++
    if (this.#header === undefined) this.#takeHeader(line)
    else if (isEventLine(line)) this.#takeEvent(line)
    else this.#takeSigned(line)
  }

  #takeSigned(line: Buffer): void {
    const { checkpoint, countersignature } = objectOf(line)
    if (checkpoint !== undefined) this.#takeCheckpoint(checkpoint)
    else if (countersignature !== undefined) this.#takeCountersignature(countersignature)
    else {
      this.#report({ kind: 'unreadable', message: `Line ${this.#lines} is no line of an exported log.` })
      this.#isWhole = false
    }
  }

  #takeHeader(line: Buffer): void {
    try {
      const header = parseJson(line) as ExportHeader
      if (header.kind !== 'airlock.audit-log' || header.formatVersion !== 1) throw new Error('another kind of file')
      if (typeof header.workspace !== 'string' || !Number.isSafeInteger(header.size)) throw new Error('fields missing')
      this.#header = header
    } catch {
      throw new NotAnExport('Its first line is not the header of an exported audit log.')
    }
  }

  #takeEvent(line: Buffer): void {
    this.#events++
    const end = entryEnd(line)
    const event = end === -1 ? undefined : eventOf(line, end)
    if (event === undefined) {
      this.#report({
        kind: 'unreadable',
        message: `Line ${this.#lines}, behind event ${this.#sequences.highest}, is not an event as it was exported.`,
      })
      this.#isWhole = false
      return
    }
    const { sequence, entry } = event
    if (!this.#sequences.take(sequence)) this.#isWhole = false
    if (entry.type === RECOVERY_EVENT && this.#recoveries.length < MAX_PROBLEMS)
      this.#recoveries.push(recoveryOf(sequence, entry))
    if (entry.type === EVIDENCE_EVENT && this.evidence.length < MAX_EVIDENCE)
      this.evidence.push(evidenceOf(sequence, entry))
    // The byte before the entry becomes the prefix of a leaf for a moment, so that nothing is copied.
    const before = line[ENTRY_START - 1]!
    line[ENTRY_START - 1] = LEAF_PREFIX
    const leaf = hash('sha256', line.subarray(ENTRY_START - 1, end), 'buffer')
    line[ENTRY_START - 1] = before
    if (isRotation(line, end)) this.#succession.take(sequence, line.subarray(ENTRY_START, end), this.#header!.workspace)
    const isSame = hasRecordedHash(line, end, leaf)
    if (!isSame) {
      this.#report({
        kind: 'changed',
        sequence,
        message: `Event ${sequence} was changed: its content does not have the hash that stands beside it.`,
      })
      this.#computed ??= new Frontier(this.#recorded.size, this.#recorded.text)
    }
    this.#computed?.append(leaf)
    const recorded = isSame ? leaf : recordedHash(line, end)
    this.#recorded.append(recorded.length === leaf.length ? recorded : leaf)
    const outside = this.#beliefs.outside[this.#nextOutside]
    if (outside !== undefined && this.#recorded.size >= outside.size) this.#compareOutside()
  }

  #compareOutside(): void {
    for (;;) {
      const outside = this.#beliefs.outside[this.#nextOutside]
      if (outside === undefined || outside.size > this.#recorded.size) return
      this.#nextOutside++
      if (!this.#isWhole) continue
      this.#believing(outside.by, () => this.#succession.demand(outside.keyHint, outside.size))
      if (this.#hasRoot(outside.rootHash)) continue
      this.#report({
        kind: 'forked',
        between: { from: this.#verifiedSize, to: outside.size },
        message: `The first ${outside.size} events are not those that ${outside.by} saw at ${outside.at}; they differ somewhere from event ${this.#verifiedSize + 1} to ${outside.size}.`,
      })
    }
  }

  #takeCheckpoint(envelope: unknown): void {
    this.#believing(`line ${this.#lines}`, () => {
      const trusted = namedBy(this.#header!.workspace, this.#beliefs.publicKeys)
      const { size, rootHash, at, keyHint } = readCheckpoint(bytesOf(envelope), trusted)
      if (!this.#isWhole) return
      this.#succession.demand(keyHint, size)
      if (size > this.#recorded.size) {
        this.#isWhole = false
        this.#sequences.skipTo(size)
      } else if (size < this.#recorded.size) {
        this.#isWhole = false
        this.#report({
          kind: 'rewritten',
          between: { from: this.#verifiedSize, to: size },
          message: `A signed head covers ${size} events, but it stands behind ${this.#recorded.size}.`,
        })
      } else if (this.#hasRoot(rootHash)) {
        this.#verifiedSize = size
        this.#checkpoints = { verified: this.#checkpoints.verified + 1, last: { size, at, keyHint } }
      } else if (!this.#rewritten) {
        this.#rewritten = true
        this.#report({
          kind: 'rewritten',
          between: { from: this.#verifiedSize, to: size },
          message: `Something from event ${this.#verifiedSize + 1} to ${size} is not what was signed at ${at}. Which event cannot be told from the file.`,
        })
      }
    })
  }

  /** Reports a head that is not signed as it must be. */
  #believing(where: string, take: () => void): void {
    try {
      take()
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error
      this.#report({ kind: 'signature', message: `The head in ${where} is not believed: ${error.message}.` })
    }
  }

  #takeCountersignature(envelope: unknown): void {
    try {
      const trusted = namedBy(witnessOf(envelope), this.#beliefs.witnessKeys)
      const seen = readCountersignature(bytesOf(envelope), trusted)
      if (seen.workspace !== this.#header!.workspace)
        throw new EnvelopeError('malformed', `it is of the log of ${seen.workspace}`)
      if (!this.#isWhole || seen.size !== this.#recorded.size) return
      if (this.#hasRoot(seen.rootHash)) this.#witnesses.set(seen.witness, { size: seen.size, at: seen.at })
      else if (!this.#rewritten)
        this.#report({
          kind: 'forked',
          between: { from: this.#verifiedSize, to: seen.size },
          message: `The witness ${seen.witness} countersigned other events up to ${seen.size}.`,
        })
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error
      if (error.reason === 'unknown_key') this.#unchecked.add(witnessOf(envelope))
      else
        this.#report({
          kind: 'signature',
          message: `The countersignature in line ${this.#lines} is not believed: ${error.message}.`,
        })
    }
  }

  /** The verdict, after the last line. Throws `NotAnExport` for a file without a header. */
  finish(): LogVerdict {
    if (this.#header === undefined) throw new NotAnExport('It is empty.')
    const { workspace, size } = this.#header
    const { highest } = this.#sequences
    const largest = this.#beliefs.outside.at(-1)
    if (largest !== undefined && largest.size > highest)
      this.#report({
        kind: 'truncated',
        between: { from: highest, to: largest.size },
        message: `The log had ${largest.size} events when ${largest.by} saw it at ${largest.at}; this one ends with event ${highest}.`,
      })
    this.#sequences.finish(size)
    this.#succession.finish(this.#events)
    if (this.#events !== size) this.#isWhole = false
    if (this.#isWhole && this.#events > this.#verifiedSize && !this.#rewritten)
      this.#report({
        kind: 'unsigned',
        between: { from: this.#verifiedSize, to: this.#events },
        message: `No signed head that is believed covers the events from ${this.#verifiedSize + 1} to ${this.#events}.`,
      })
    return {
      ok: this.#problems.length === 0 && this.#checkpoints.verified > 0,
      workspace,
      events: this.#events,
      rootHash: this.#isWhole ? this.#recorded.root().toString('hex') : null,
      checkpoints: this.#checkpoints,
      witnesses: [...this.#witnesses].map(([name, seen]) => ({ name, ...seen })),
      uncheckedWitnesses: [...this.#unchecked].filter((name) => !this.#witnesses.has(name)),
      recoveries: this.#recoveries,
      evidence: { taken: this.evidence.length, checked: this.evidence.length === 0 },
      problems: this.#problems,
    }
  }

  #hasRoot(rootHash: string): boolean {
    return this.#recorded.root().toString('hex') === rootHash || this.#computed?.root().toString('hex') === rootHash
  }

  #report(problem: LogProblem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem)
  }
}

/** The file is no exported log at all. */
export class NotAnExport extends Error {
  override name = 'NotAnExport'
}

const objectOf = (bytes: Uint8Array): Record<string, unknown> => {
  try {
    return (parseJson(bytes) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}

const bytesOf = (envelope: unknown): Uint8Array => Buffer.from(JSON.stringify(envelope))

const witnessOf = (envelope: unknown): string => {
  const payload = (envelope as { dsseEnvelope?: { payload?: unknown } } | null)?.dsseEnvelope?.payload
  const { witness } = objectOf(Buffer.from(typeof payload === 'string' ? payload : '', 'base64'))
  return typeof witness === 'string' ? witness.slice(0, 63) : 'unknown'
}
