import { EnvelopeError } from '../envelope.ts'
import { type Key, namedBy } from './keys.ts'
import { ROTATION_EVENT, readRotation } from './rotation.ts'
import type { LogProblem } from './verdict.ts'

/** RFC 8785 sorts fields, so the type of an event ends its entry: every line is looked at, and none is parsed for it. */
const behindType = Buffer.from(`"type":"${ROTATION_EVENT}"}`)

/** Whether the entry that ends at `end` in a line is a rotation. */
export const isRotation = (line: Buffer, end: number): boolean =>
  end >= behindType.length && line.compare(behindType, 0, behindType.length, end - behindType.length, end) === 0

/** Which of a workspace's keys may sign which heads, as the rotations in its own log say. */
export class KeySuccession {
  readonly #keys: readonly Key[]
  readonly #report: (problem: LogProblem) => void
  /** Null until the first rotation: which key began is then whichever signed. */
  #inForce: { keyHint: string; since: number } | null = null
  /** Keys that the log shows to be its own. */
  readonly #shown = new Set<string>()
  #isBroken = false

  constructor(keys: readonly Key[], report: (problem: LogProblem) => void) {
    this.#keys = keys
    this.#report = report
  }

  /** Takes the entry of a rotation. */
  take(sequence: number, entry: Uint8Array, workspace: string): void {
    try {
      const { statement, retires } = statementIn(entry)
      const wanted = this.#inForce?.keyHint ?? retires
      this.#inForce = { keyHint: wanted, since: this.#inForce?.since ?? 1 }
      const trusted = namedBy(workspace, this.#keys)
      const { keyHint, nextKeyHint } = readRotation(Buffer.from(statement), trusted)
      if (keyHint !== wanted) throw new EnvelopeError('malformed', `the key ${wanted} was in force, not ${keyHint}`)
      this.#shown.add(keyHint).add(nextKeyHint)
      this.#inForce = { keyHint: nextKeyHint, since: sequence }
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error
      this.#isBroken = true
      const remedy = error.reason === 'unknown_key' ? ' Give the public key of that time, too.' : ''
      this.#report({
        kind: 'signature',
        sequence,
        message: `The rotation of the key in event ${sequence} is not believed: ${error.message}.${remedy}`,
      })
    }
  }

  /** Throws `EnvelopeError` when a head of this size, as the log stands now, is not one for this key to sign. */
  demand(keyHint: string, size: number): void {
    if (this.#inForce !== null && this.#inForce.keyHint !== keyHint)
      throw new EnvelopeError(
        'unknown_key',
        `the key ${keyHint} signed a head of ${size} events, but from event ${this.#inForce.since} on the key ${this.#inForce.keyHint} was in force`,
        keyHint,
      )
    this.#shown.add(keyHint)
  }

  /** At the end: a key that the log never came to shows that its end is missing, or that it is another history. */
  finish(events: number): void {
    if (this.#keys.length === 1 || this.#isBroken) return
    for (const { keyHint } of this.#keys) {
      if (this.#shown.has(keyHint)) continue
      this.#report({
        kind: 'truncated',
        between: { from: events, to: events },
        message: `The key ${keyHint} was given, and this log never comes to it: its end is missing, or it is another history. For an export that is older than that key, give only the keys of its time.`,
      })
    }
  }
}

const statementIn = (entry: Uint8Array): { statement: string; retires: string } => {
  try {
    const { before, after } = JSON.parse(Buffer.from(entry).toString()) as {
      before: { keyHint?: unknown }
      after: { statement?: unknown }
    }
    if (typeof after.statement === 'string' && typeof before.keyHint === 'string')
      return { statement: after.statement, retires: before.keyHint }
  } catch {
    // Said below.
  }
  throw new EnvelopeError('malformed', 'it holds no statement')
}
