import type { passwordRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { setOwnPassword, setUserPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import { createTurns } from './turns.ts'

/** Two hashes at once hold 38 MiB and half of the platform's worker threads; fifty more wait two seconds. */
const LIMITS = { atOnce: 2, waiting: 50 }

export function passwordHandlers(deps: Deps): Handlers<typeof passwordRoutes> {
  const turns = createTurns(LIMITS)
  return {
    signIn: ({ body }, by) => signIn(deps, turns, body, by),
    setOwnPassword: ({ body }, by) => setOwnPassword(deps, turns, body, by),
    setUserPassword: ({ name, body }, by) => setUserPassword(deps, turns, { name, ...body }, by),
  }
}
