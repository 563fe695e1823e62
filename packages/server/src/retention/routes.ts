import type { retentionRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { collectArtifacts } from './collect.ts'

export const retentionHandlers = (deps: Deps): Handlers<typeof retentionRoutes> => ({
  collectArtifacts: ({ project, body }, by) => collectArtifacts(deps, { project, ...body }, by),
})
