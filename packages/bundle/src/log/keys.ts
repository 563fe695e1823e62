import type { TrustedSigner } from '../envelope.ts'

/** A public key, SPKI PEM, and its hint. */
export type Key = { keyHint: string; publicKey: string }

/** Keys that were given as those of one workspace, which names itself. */
export const namedBy = (workspace: string, keys: readonly Key[]): TrustedSigner[] =>
  keys.map((key) => ({ ...key, workspace }))
