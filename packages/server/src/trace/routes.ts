import type { traceRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { trace } from './trace.ts'

export const traceHandlers = (deps: Deps): Handlers<typeof traceRoutes> => ({
  trace: ({ project, ref }) => trace(deps, { project, ref }),
})
