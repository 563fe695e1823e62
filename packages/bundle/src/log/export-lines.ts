import { canonicalJson } from '../canonical-json.ts'

/** The first line of an exported log. */
export type ExportHeader = {
  formatVersion: 1
  kind: 'airlock.audit-log'
  workspace: string
  /** SPKI PEM, for reading; a check needs the key from elsewhere. */
  publicKey: string
  /** How many events follow. */
  size: number
  exportedAt: string
}

/**
 * The lines of an exported log, each one JSON document: the header; then each event, in order; behind the last event it
 * covers, each checkpoint, and behind that the countersignatures on it. An event's line holds its entry byte for byte.
 */
export const exportLine = {
  header: (header: ExportHeader): string => `${Buffer.from(canonicalJson(header))}\n`,
  event: (entry: string, leafHash: string): string => `${ENTRY_BEFORE}${entry}${ENTRY_BEHIND}${leafHash}"}\n`,
  checkpoint: (envelope: string): string => `{"checkpoint":${envelope}}\n`,
  countersignature: (envelope: string): string => `{"countersignature":${envelope}}\n`,
}

const ENTRY_BEFORE = '{"entry":'
const ENTRY_BEHIND = ',"leafHash":"'
const HASH_CHARS = 64
const beforeBytes = Buffer.from(ENTRY_BEFORE)
const behindBytes = Buffer.from(ENTRY_BEHIND)
const BEHIND_LENGTH = ENTRY_BEHIND.length + HASH_CHARS + '"}'.length

/** Whether a line looks like that of an event. */
export const isEventLine = (line: Buffer): boolean => startsWith(line, beforeBytes, 0)

/** Where the entry lies in an event's line: from `ENTRY_START` up to this; -1 when the line is not whole. */
export const entryEnd = (line: Buffer): number => {
  const end = line.length - BEHIND_LENGTH
  const isWhole =
    end > ENTRY_START &&
    startsWith(line, behindBytes, end) &&
    line[line.length - 2] === QUOTE &&
    line[line.length - 1] === BRACE
  return isWhole ? end : -1
}

/** Where the entry begins in an event's line. */
export const ENTRY_START = ENTRY_BEFORE.length
const QUOTE = 0x22
const BRACE = 0x7d

/** The hash that stands behind an entry that ends at `end`; shorter than 32 bytes when it is no hash. */
export const recordedHash = (line: Buffer, end: number): Buffer => {
  const from = end + ENTRY_BEHIND.length
  return Buffer.from(line.toString('latin1', from, from + HASH_CHARS), 'hex')
}

/** Whether that hash is `leaf`: read digit by digit, because a million strings cost more than the rest. */
export const hasRecordedHash = (line: Buffer, end: number, leaf: Buffer): boolean => {
  const from = end + ENTRY_BEHIND.length
  for (let at = 0; at < HASH_BYTES; at++) {
    const byte = leaf[at]!
    if (line[from + 2 * at] !== digits[byte >> 4] || line[from + 2 * at + 1] !== digits[byte & 15]) return false
  }
  return true
}

const HASH_BYTES = HASH_CHARS / 2
const digits = Buffer.from('0123456789abcdef')

const startsWith = (line: Buffer, part: Buffer, at: number): boolean => {
  for (let offset = 0; offset < part.length; offset++) if (line[at + offset] !== part[offset]) return false
  return true
}

/** The event of a line whose entry ends at `end`; undefined when it is none. */
export const eventOf = (
  line: Buffer,
  end: number,
): { sequence: number; entry: Record<string, unknown> } | undefined => {
  try {
    const entry = JSON.parse(line.toString('utf8', ENTRY_START, end)) as Record<string, unknown>
    const { sequence } = entry
    const isNumber = typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence > 0
    return isNumber ? { sequence, entry } : undefined
  } catch {
    return undefined
  }
}
