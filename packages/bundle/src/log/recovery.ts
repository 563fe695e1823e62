/** Type of the event that says for ever that the owner of a workspace's files, and no second person, made an admin. */
export const RECOVERY_EVENT = 'workspace.admin-recovered'

/** An admin that the owner of the files made. */
export type Recovery = {
  /** Number of the event. */
  sequence: number
  at: string
  admin: string
  reason: string
}

/** What such an event says; of a file from anywhere, so that nothing is taken for granted. */
export function recoveryOf(sequence: number, entry: Record<string, unknown>): Recovery {
  const { admin } = (entry.after ?? {}) as { admin?: unknown }
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 2_000) : 'unknown')
  return { sequence, at: text(entry.at), admin: text(admin), reason: text(entry.reason) }
}
