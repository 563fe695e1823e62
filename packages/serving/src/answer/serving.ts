import type { DeploymentSettings, DeploymentTarget } from '@airlock-ml/contract'
import type { ServingPlan } from '@airlock-ml/sdk'
import type { Observer } from './answered-batch.ts'
import type { Callers } from './callers.ts'
import type { Counters } from './counters.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { Router } from './router.ts'

/** Where what happens is told to whoever runs the service. */
export type ServiceLog = {
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}

export type ServiceOptions = {
  plan: Pick<ServingPlan, 'pipeline' | 'model' | 'parameter' | 'answerSchema'>
  target: Pick<DeploymentTarget, 'name' | 'settings' | 'keys'>
  observers: readonly Observer[]
  log: ServiceLog
  /** Lets several processes listen on the port of `settings`, between which the system shares what comes in. */
  sharesPort?: boolean
  /** Until this resolves, requests wait for a version that answers: the port may be shared with those that have one. */
  starting?: Promise<unknown>
  now?: () => Date
}

/** What a request needs to be answered. */
export type Serving = Omit<ServiceOptions, 'starting'> & {
  router: Router
  counters: Counters
  refusals: RefusalLog
  /** Of predictions, and of requests that are refused. */
  newId: () => string
  settings: () => DeploymentSettings
  callers: () => Callers
  isDraining: () => boolean
  /** Null once the service has started. */
  starting: () => Promise<unknown> | null
}
