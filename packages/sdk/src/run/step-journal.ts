import type { Json, LogLine } from '@airlock-ml/contract'
import { jsonText, NotJsonError } from '../json-text.ts'
import { logFields } from './log-fields.ts'
import type { RunSession } from './run-session.ts'
import type { StepLog } from './step-context.ts'

const longestLine = 10_000
const linesAtOnce = 10_000
// Keeps a request well under the limits of servers and proxies.
const charactersAtOnce = 500_000

/** What a running step says and records about itself, until it is sent. */
export class StepJournal {
  readonly step: string
  readonly metadata: Record<string, Json> = {}
  readonly log: StepLog
  readonly #session: RunSession
  readonly #lines: LogLine[] = []
  #sending: Promise<void> = Promise.resolve()

  constructor(session: RunSession, step: string) {
    this.#session = session
    this.step = step
    this.log = stepLog(session.now, (line) => {
      this.#lines.push(line)
      session.emit({ type: 'log', step, line })
    })
  }

  logMetadata(metadata: Readonly<Record<string, Json>>): void {
    try {
      Object.assign(this.metadata, JSON.parse(jsonText(metadata)))
    } catch (error) {
      if (!(error instanceof NotJsonError)) throw error
      throw new TypeError(`Metadata of step "${this.step}" must be a JSON object: ${error.message}.`)
    }
  }

  /** Sends the lines so far, so that a killed process leaves them. What cannot be sent now is sent later. */
  flush(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      try {
        while (this.#lines.length > 0) await this.#send(this.#nextBatch())
      } catch (error) {
        this.#session.noticeEnd(error)
      }
    })
    return this.#sending
  }

  /** The last lines, for the call that ends the step; those before them are sent. */
  async close(): Promise<LogLine[]> {
    await this.#sending
    let batch = this.#nextBatch()
    while (batch < this.#lines.length) {
      await this.#send(batch)
      batch = this.#nextBatch()
    }
    return this.#lines.splice(0)
  }

  async #send(count: number): Promise<void> {
    const { client, held, leaseToken } = this.#session
    const lines = this.#lines.slice(0, count)
    await client.appendLogs({ ...held, step: this.step, body: { leaseToken, lines } })
    this.#lines.splice(0, count)
  }

  #nextBatch(): number {
    let characters = 0
    let count = 0
    while (count < Math.min(this.#lines.length, linesAtOnce) && characters < charactersAtOnce) {
      const { message, fields } = this.#lines[count++]!
      characters += message.length + (fields ? JSON.stringify(fields).length : 0)
    }
    return count
  }
}

/** A log that hands each line on, cut to what the platform stores. */
export function stepLog(now: () => Date, take: (line: LogLine) => void): StepLog {
  const write =
    (level: LogLine['level']): StepLog['info'] =>
    (message, fields) => {
      const line = { at: now().toISOString(), level, message: cutLine(String(message)) }
      take(fields === undefined ? line : { ...line, fields: logFields(fields) })
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function cutLine(message: string): string {
  if (message.length <= longestLine) return message
  const mark = `… [cut: ${message.length} characters]`
  // Half a surrogate pair at the cut would be no text.
  return message.slice(0, longestLine - mark.length).toWellFormed() + mark
}
