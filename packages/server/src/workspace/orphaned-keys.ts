import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { keyHintInForce } from '../signing-keys/store.ts'
import { MIN_AGE_MS, type Orphan, spared } from './orphan.ts'

/** Private keys of rotations that never committed. */
export async function orphanedKeys({ db, signingKeys }: Deps): Promise<Orphan[]> {
  const inForce = await keyHintInForce(db)
  const lying = await signingKeys.listBeside()
  return lying
    .filter(({ keyHint }) => keyHint === null || keyHint !== inForce)
    .map(({ name, keyHint, sizeBytes, ageMs }) => {
      const isYoung = ageMs < MIN_AGE_MS
      const why = isYoung ? 'it is young, and may be of a rotation under way' : null
      const detail = spared('A rotation that was cut off left this private key; it never signed anything.', why)
      return {
        finding: { kind: 'signing_key_abandoned', subject: name, detail, sizeBytes },
        isSpared: isYoung,
        // Inside a transaction, as a rotation looks for its key inside its own: one of the two sees the other.
        remove: () =>
          transact(db, async (tx) => {
            if (keyHint !== null && keyHint === (await keyHintInForce(tx))) return false
            await signingKeys.removeBeside(name)
            return true
          }),
      }
    })
}
