import { hash } from 'node:crypto'
import { type DeploymentTarget, PlatformError } from '@airlock-ml/contract'

type Key = DeploymentTarget['keys'][number]

/** Who may ask, and how often. */
export type Callers = {
  /**
   * The id of the caller's key, or null where nobody needs one.
   * @throws PlatformError `service_key_refused`
   */
  demand: (authorization: string | undefined) => string | null
  /** Whether that is a key of the deployment, also where nobody needs one. */
  knows: (authorization: string | undefined) => boolean
  /**
   * Takes one request off what the key may ask.
   * @throws PlatformError `service_rate_limited`, whose `details.retryAfterSeconds` say when there is room again
   */
  take: (keyId: string | null) => void
}

/** So that strangers cannot fill the memory with wrong keys, and a known one is hashed once. */
const MOST_REMEMBERED = 10_000
const UNKNOWN = Symbol('no key of this deployment')

/** `requestsPerSecond` fills a bucket of one second's requests for each key; null is no limit. */
export function openCallers(
  {
    keys,
    requiresKey,
    requestsPerSecond,
  }: Pick<DeploymentTarget, 'keys'> & {
    requiresKey: boolean
    requestsPerSecond: number | null
  },
  now: () => number = Date.now,
): Callers {
  const byDigest = new Map(keys.map((key) => [key.sha256, key]))
  const remembered = new Map<string, Key | typeof UNKNOWN>()
  const buckets = new Map<string, { left: number; atMs: number }>()

  const find = (authorization: string): Key | typeof UNKNOWN => {
    const known = remembered.get(authorization)
    if (known) return known
    const secret = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1]
    const found = (secret !== undefined && byDigest.get(hash('sha256', secret))) || UNKNOWN
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    // What is longer than any key is not kept.
    if (authorization.length <= 600) remembered.set(authorization, found)
    return found
  }
  const isExpired = ({ expiresAt }: Key) => expiresAt !== null && Date.parse(expiresAt) <= now()
  return {
    knows: (authorization) => {
      const key = authorization === undefined ? UNKNOWN : find(authorization)
      return key !== UNKNOWN && !isExpired(key)
    },
    demand: (authorization) => {
      if (authorization === undefined) {
        if (!requiresKey) return null
        throw new PlatformError('service_key_refused', 'The request carries no key.')
      }
      const key = find(authorization)
      if (key === UNKNOWN) {
        if (!requiresKey) return null
        throw new PlatformError('service_key_refused', 'The key is unknown, expired or revoked.')
      }
      if (isExpired(key)) throw new PlatformError('service_key_refused', `The key ${key.name} has expired.`)
      return key.id
    },
    take: (keyId) => {
      if (requestsPerSecond === null) return
      const most = Math.max(1, requestsPerSecond)
      const id = keyId ?? ''
      const atMs = now()
      const bucket = buckets.get(id) ?? { left: most, atMs }
      buckets.set(id, bucket)
      bucket.left = Math.min(most, bucket.left + ((atMs - bucket.atMs) / 1_000) * requestsPerSecond)
      bucket.atMs = atMs
      if (bucket.left < 1) {
        const retryAfterSeconds = Math.ceil((1 - bucket.left) / requestsPerSecond)
        throw new PlatformError('service_rate_limited', `The key may ask ${requestsPerSecond} times a second.`, {
          retryAfterSeconds,
        })
      }
      bucket.left--
    },
  }
}
