import type { Actor, KeyScope, RoleBinding } from '@airlock-ml/contract'

/** Who calls, proved by their API key, and what that key is bound to. `isFederated`: the key was got for a token. */
export type Caller = { actor: Actor; roles: readonly RoleBinding[]; scope?: KeyScope; isFederated?: boolean }

/** What a handler knows of its request besides the arguments. */
export type RequestContext = Caller & { requestId: string }
