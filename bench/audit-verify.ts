import { hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { verifyExport } from '@airlock-ml/bundle'
import type { Benchmark } from './benchmark.ts'
import { writeLargeLog } from './large-log.ts'
import { measureInTurn, type Sample, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 3
const EVENTS = 1_000_000
const READ_BYTES = 256 * 1024
/** More than the heap of a process that holds a few chunks, and far less than the log. */
const MAX_GROWTH_BYTES = 256 * 1024 ** 2

/** An auditor's check should cost what reading the events and hashing the tree must cost, and hold nothing. */
export const auditVerify: Benchmark = {
  name: 'audit-verify',
  summary: `Verifying ${EVENTS.toLocaleString('en')} exported events offline, to parsing the lines and doing 2 N − 1 separate hashes.`,
  bar: { is: 'at most', ratio: 1.5 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const file = join(dir, 'audit.jsonl')
      note(`writing a log of ${EVENTS} events`)
      const { publicKey } = await writeLargeLog(file, EVENTS)
      const measured = await measureInTurn(
        { verify: () => verify(file, publicKey), 'parse and hash': () => timed(() => parseAndHash(file)) },
        { rounds, note },
      )
      const ratio = measured.verify.medianMs / measured['parse and hash'].medianMs
      const grewBy = measured.verify.peakBytes ?? 0
      const fault =
        grewBy > MAX_GROWTH_BYTES ? `It held ${Math.round(grewBy / 1024 ** 2)} MiB: its memory is not flat.` : undefined
      return { measured, ratio, fault, notes: ['Peak memory is what the process grew by during a check.'] }
    }),
}

async function verify(file: string, publicKey: string): Promise<Sample> {
  const before = process.memoryUsage.rss()
  let peakBytes = 0
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss() - before)
  }, 20)
  try {
    const { ms } = await timed(async () => {
      const verdict = await verifyExport(createReadStream(file, { highWaterMark: READ_BYTES }), {
        publicKeys: [publicKey],
      })
      if (!verdict.ok || verdict.events !== EVENTS) throw new Error('The log does not verify.')
    })
    return { ms, peakBytes }
  } finally {
    clearInterval(watch)
  }
}

async function parseAndHash(file: string): Promise<void> {
  const node = Buffer.alloc(65, 1)
  let rest: Buffer = Buffer.alloc(0)
  let events = 0
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
      const line = bytes.subarray(from, to)
      JSON.parse(line.toString())
      hash('sha256', line, 'buffer')
      if (events++ > 0) hash('sha256', node, 'buffer')
      from = to + 1
    }
    rest = bytes.subarray(from)
  }
}
