import type { stepCacheRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { snapshotSpecs } from '../runs/snapshot-specs.ts'
import { explainStep } from './explain.ts'
import { takeCached } from './take-cached.ts'

export function stepCacheHandlers(deps: Deps): Handlers<typeof stepCacheRoutes> {
  const specs = snapshotSpecs()
  return {
    takeCached: ({ body, ...run }) => takeCached(deps, specs, { ...run, ...body }),
    explainStep: ({ project, runId, step }) => explainStep(deps, { project, runId, step }),
  }
}
