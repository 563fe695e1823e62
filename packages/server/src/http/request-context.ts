import type { Actor, RoleBinding } from '@airlock-ml/contract'

/** Who calls, proved by their API key. */
export type Caller = { actor: Actor; roles: readonly RoleBinding[] }

/** What a handler knows of its request besides the arguments. */
export type RequestContext = Caller & { requestId: string }
