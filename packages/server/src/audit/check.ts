import { Frontier, leafHash } from '@airlock-ml/bundle'
import type { AuditEvent, Finding } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { type AuditTables, readHead, rowsAfter } from './store.ts'

const BATCH = 1024

/** A head that was signed: the root that the log had at that size. */
export type SignedHead = { size: number; rootHash: string }

/**
 * Works the whole log out again from its entries, and compares it with everything that is kept of it: places, columns,
 * hashes of leaves and inner nodes, the head, and each head that was signed, smallest first.
 */
export async function checkTree(db: Db, signed: readonly SignedHead[]): Promise<Finding[]> {
  const findings: Finding[] = []
  const find = (kind: Finding['kind'], subject: string, detail: string) => findings.push({ kind, subject, detail })
  const head = await readHead(db)
  const frontier = new Frontier()
  const heads = [...signed]
  let expected = 1
  for (;;) {
    const rows = await rowsAfter(db, expected - 1, BATCH)
    for (const row of rows) {
      const sequence = Number(row.sequence)
      for (; expected < sequence; expected++) find('event_missing', String(expected), 'The log has no such event.')
      expected = sequence + 1
      const leaf = leafHash(Buffer.from(row.entry))
      const wrong = columnOff(row)
      if (leaf.toString('hex') !== row.leaf_hash)
        find('event_changed', String(sequence), 'Its entry is not the one whose hash was recorded.')
      else if (wrong) find('event_changed', String(sequence), `Its column ${wrong} is not what its entry says.`)
      let nodes = ''
      frontier.append(leaf, ({ hash }) => {
        nodes += hash.toString('hex')
      })
      if (row.nodes !== nodes)
        find(
          'log_inconsistent',
          String(sequence),
          'The inner nodes that it completes are not the hashes of what is below.',
        )
      for (; heads[0] && heads[0].size <= frontier.size; heads.shift())
        if (frontier.root().toString('hex') !== heads[0].rootHash)
          find(
            'log_inconsistent',
            String(heads[0].size),
            `The first ${heads[0].size} events are not those that were signed.`,
          )
    }
    if (rows.length < BATCH) break
  }
  for (; expected <= head.size; expected++) find('event_missing', String(expected), 'The log has no such event.')
  if (frontier.size !== head.size || frontier.text !== head.frontier)
    find(
      'log_inconsistent',
      'head',
      `The head of ${head.size} events is not that of the ${frontier.size} that are there.`,
    )
  for (const { size } of heads) find('log_inconsistent', String(size), `A head of ${size} events was signed.`)
  return findings
}

/** The first column that does not say what the entry says. */
function columnOff(row: AuditTables['audit_events']): string | undefined {
  const { sequence, type, subject } = entryOf(row)
  const said = { sequence, type, subject_id: subject?.id }
  const kept = { ...row, sequence: Number(row.sequence) }
  return Object.entries(said).find(([name, value]) => kept[name as keyof typeof said] !== value)?.[0]
}

function entryOf({ entry }: AuditTables['audit_events']): Partial<AuditEvent> {
  try {
    return fromJson<AuditEvent | null>(entry) ?? {}
  } catch {
    return {}
  }
}
