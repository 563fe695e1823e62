import { signEnvelope, verifyEnvelope } from '@airlock-ml/bundle'
import { bodyOf } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { currentSigner, isInForce } from '../signing-keys/current.ts'
import { readSmall } from './read-small.ts'

/** A statement of this workspace: canonical JSON, what type of statement it is, and where it belongs. */
export type Statement = { key: string; payload: Uint8Array; payloadType: string; maxBytes: number }

/**
 * Signs a statement and puts it into the exchange. Called from the outbox, perhaps twice: one of ours that says the same
 * stays, and whatever else lies in its place is replaced.
 */
export async function putSigned(deps: Deps, statement: Statement): Promise<void> {
  const signer = await currentSigner(deps)
  if (await isThere({ ...deps, signer }, statement)) return
  const { key, payload, payloadType } = statement
  const signed = await signEnvelope(payload, { payloadType, signer })
  await deps.exchange.write(key, bodyOf(signed))
  if (!(await isInForce(deps.db, signer))) throw new Error(`The key was rotated while ${key} was written.`)
}

async function isThere({ exchange, signer, workspace }: Deps, statement: Statement): Promise<boolean> {
  const bytes = await readSmall(exchange, statement)
  if (bytes === null) return false
  try {
    const trustedKeys = [{ keyHint: signer.keyHint, publicKey: signer.publicKey, workspace: workspace.name }]
    const found = verifyEnvelope(bytes, { payloadType: statement.payloadType, trustedKeys })
    return Buffer.compare(found.payload, statement.payload) === 0
  } catch {
    return false
  }
}
