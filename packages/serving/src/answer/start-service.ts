import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DeploymentSettings, DeploymentTarget } from '@airlock-ml/contract'
import { V7Generator } from 'uuidv7'
import { type Callers, openCallers } from './callers.ts'
import { type Counters, openCounters } from './counters.ts'
import { closeServer, keepTime, openServer } from './http-server.ts'
import { openRefusalLog } from './refusal-log.ts'
import { type Line, openRouter, type Router } from './router.ts'
import type { ServiceOptions, Serving } from './serving.ts'

/** A service that answers over HTTP. */
export type Service = {
  url: string
  router: Router
  counters: Counters
  /** Other keys, limits or origins, from the next request on. */
  reconfigure: (target: Pick<DeploymentTarget, 'settings' | 'keys'>) => void
  /** Who answers; see `Router.change`. */
  change: (line: Line) => Promise<Date | null>
  /**
   * Takes no new connections, answers what still comes on those there are and ends each with its answer, and closes: at
   * the latest after `ms`.
   */
  drain: (ms: number) => Promise<void>
}

/**
 * Starts to listen; until `change` names a version every prediction is refused with `nobody_serves`, once `starting` has
 * resolved.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { target, log, now = () => new Date() } = options
  const ids = new V7Generator()
  const newId = () => ids.generate().toString()
  let { settings } = target
  const counters = openCounters(target.name)
  const router = openRouter({
    observers: options.observers,
    newId,
    now,
    answerMs: () => settings.limits.timeoutMs,
    onFault: (error, fault) => log.error({ error, ...fault }, 'rows could not be answered'),
  })
  let callers = callersOf(target, now)
  let draining = false
  const hasStarted = () => {
    starting = null
  }
  let starting = options.starting?.then(hasStarted, hasStarted) ?? null
  const serving: Serving = {
    ...options,
    ...{ router, counters, newId, refusals: openRefusalLog(log) },
    ...{ settings: () => settings, callers: () => callers, isDraining: () => draining, starting: () => starting },
  }
  const server = openServer(serving)
  const url = await listen(server, settings, options.sharesPort === true)
  return {
    ...{ url, router, counters },
    reconfigure: (next) => {
      settings = next.settings
      keepTime(server, settings)
      callers = callersOf(next, now)
    },
    change: router.change,
    drain: async (ms) => {
      draining = true
      await closeServer(server, ms)
      await router.close()
    },
  }
}

const callersOf = ({ keys, settings }: Pick<DeploymentTarget, 'settings' | 'keys'>, now: () => Date): Callers =>
  openCallers({ keys, requiresKey: settings.requiresKey, requestsPerSecond: settings.limits.requestsPerSecond }, () =>
    now().getTime(),
  )

async function listen(server: Server, { host, port }: DeploymentSettings, reusePort: boolean): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port, reusePort }, resolve)
  })
  const { port: given } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${given}`
}
