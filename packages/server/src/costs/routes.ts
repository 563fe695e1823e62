import type { costRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { reportCost } from './report.ts'

export const costHandlers = (deps: Deps): Handlers<typeof costRoutes> => ({
  reportCost: (asked) => reportCost(deps, asked),
})
