import type { Actor, Claims, KeyScope, RoleBinding } from '@airlock-ml/contract'

/** Who calls, proved by their API key, and what that key is bound to. */
export type Caller = {
  actor: Actor
  roles: readonly RoleBinding[]
  scope?: KeyScope
  /** The person who made the key; null where nobody did, because it was got for a token. */
  mintedBy?: string | null
  /** Whether the key was got for a token. */
  isFederated?: boolean
  /** Whether the key was got for a password. */
  isSession?: boolean
  /** What that token said. */
  claims?: Claims | null
}

/** Who calls without a key, or with one that nobody has. */
export const anonymous: Actor = {
  identityId: null,
  kind: 'anonymous',
  name: 'anonymous',
  person: 'anonymous',
  apiKeyId: null,
  signedInBy: null,
}

/** What a handler knows of its request besides the arguments. */
export type RequestContext = Caller & { requestId: string }
