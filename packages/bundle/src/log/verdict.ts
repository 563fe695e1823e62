import type { Recovery } from './recovery.ts'

/** Something in an exported log that is not as it was signed. */
export type LogProblem = {
  kind:
    | 'changed'
    | 'removed'
    | 'inserted'
    | 'reordered'
    /** The content differs somewhere between two signed heads, and nothing in it shows where. */
    | 'rewritten'
    /** A larger head was signed: the end is missing. */
    | 'truncated'
    /** Somebody saw another history. */
    | 'forked'
    /** Events that no signed head covers. */
    | 'unsigned'
    /** A head or countersignature that is not signed as it must be. */
    | 'signature'
    /** Evidence was taken that names others than the events there are. */
    | 'evidence'
    /** A line that is none of an exported log. */
    | 'unreadable'
  /** The event, where one can be named. */
  sequence?: number
  /** Otherwise the sizes of the two heads it lies between. */
  between?: { from: number; to: number }
  /** A sentence for people. */
  message: string
}

/** What came of checking an exported log. */
export type LogVerdict = {
  ok: boolean
  workspace: string | null
  /** How many events were read. */
  events: number
  /** Root of the tree over them, hex; null when they are not whole. */
  rootHash: string | null
  /** How many signed heads hold, and the largest. */
  checkpoints: { verified: number; last: { size: number; at: string; keyHint: string } | null }
  /** For each witness whose key was given: the largest head it countersigned. */
  witnesses: { name: string; size: number; at: string }[]
  /** Witnesses whose countersignatures could not be checked, because no key of theirs was given. */
  uncheckedWitnesses: string[]
  /** Admins that the owner of the workspace's files made without a second person; at most 50, the first ones. */
  recoveries: Recovery[]
  /** How many times evidence was taken, and whether each was held against the log. */
  evidence: { taken: number; checked: boolean }
  /** At most 50, in the order they were found. */
  problems: LogProblem[]
}
