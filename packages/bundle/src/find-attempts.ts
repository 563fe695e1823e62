import { isPlatformError, PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import { hashBody, type ObjectStore, ObjectStoreError, readWhole } from '@airlock-ml/stack'
import { bundlePrefix } from './bundle-uri.ts'
import { maxSignatureBytes } from './limits.ts'
import { assertListing, type Expected, listAttempt } from './listing.ts'
import { verifySignature } from './oms.ts'
import type { Signer } from './signing.ts'

type Wanted = { digest: string; expected: ReadonlyMap<string, Expected>; signer: Signer }

/** The number of an attempt that is whole and signed by our key, if there is one, and the first number that is free. */
export const findAttempts = async (
  exchange: ObjectStore,
  wanted: Wanted,
): Promise<{ whole: number | null; free: number }> => {
  const parent = `bundles/${wanted.digest}/`
  const taken = new Set<string>()
  for await (const { key } of exchange.list(parent)) taken.add(key.slice(parent.length).split('/')[0] ?? '')
  let free = 1
  while (taken.has(`attempt-${free}`)) free++
  const numbers = [...taken].map((name) => Number(/^attempt-([1-9][0-9]{0,5})$/.exec(name)?.[1] ?? 0))
  for (const number of numbers.filter((n) => n > 0).sort((a, b) => a - b)) {
    if (await isWhole(exchange, bundlePrefix(wanted.digest, number), wanted)) return { whole: number, free }
  }
  return { whole: null, free }
}

/** The bytes are hashed, so that exporting again is the remedy for a bundle that was damaged. */
const isWhole = async (exchange: ObjectStore, prefix: string, { expected, signer }: Wanted): Promise<boolean> => {
  try {
    const listing = await listAttempt(exchange, prefix)
    if (!listing.has(SIGNATURE_FILE)) return false
    assertListing(listing, expected)
    const tooLong = (): Error => new PlatformError('bundle_invalid', 'The signature is too long.')
    const signature = await readWhole(await exchange.read(`${prefix}/${SIGNATURE_FILE}`), maxSignatureBytes, tooLong)
    const { statement } = verifySignature(signature, { trustedKeys: [{ ...signer, workspace: '' }] })
    const isSigned = statement.resources.every(({ name, sha256 }) => expected.get(name)?.sha256 === sha256)
    if (!isSigned || statement.resources.length !== expected.size) return false
    for (const [path, { sha256 }] of expected) {
      if ((await hashBody(await exchange.read(`${prefix}/${path}`))).sha256 !== sha256) return false
    }
    return true
  } catch (error) {
    const isUnreachable = error instanceof ObjectStoreError && error.reason === 'unreachable'
    if (isUnreachable || !isPlatformError(error)) throw error
    return false
  }
}
