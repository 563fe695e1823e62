import type { Signer } from '@airlock-ml/bundle'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { keyHintInForce } from './store.ts'

/** Signs with the key in force: another process may have rotated it since this one began. */
export async function currentSigner(deps: Pick<Deps, 'db' | 'signer' | 'signingKeys'>): Promise<Signer> {
  const keyHint = await keyHintInForce(deps.db)
  if (keyHint !== undefined && keyHint !== deps.signer.keyHint) deps.signer = await deps.signingKeys.open(keyHint)
  return deps.signer
}

/** Whether a key is still the one in force: asked inside the transaction that keeps what it signed. */
export const isInForce = async (db: Db, { keyHint }: Signer): Promise<boolean> => (await keyHintInForce(db)) === keyHint
