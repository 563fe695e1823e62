import type { DeploymentSettings, ServiceReport } from '@airlock-ml/contract'
import type { WatchMessage } from '../watch/watch-team.ts'

/** What of the settings decides how many processes there are and where they listen. */
export type ServiceLayout = Pick<DeploymentSettings, 'host' | 'port' | 'processes'>

/** What a process of a service tells its supervisor. */
export type ServiceMessage =
  /** It does something else than one thing that never ends. Who has said so has to say it again and again. */
  | { is: 'alive' }
  /** It listens, and has carried out what it could. */
  | { is: 'ready'; url: string }
  /** What it would report, for the one that speaks for all. */
  | { is: 'report'; report: ServiceReport }
  /** The settings ask for this from now on. */
  | { is: 'wants'; layout: ServiceLayout }
  /** What it says to the others of what it watches: the first to all, another to the first. */
  | { is: 'watch'; message: WatchMessage }
  /** There is nothing to serve any more. */
  | { is: 'over'; why: string }

/** How often a process says that it is alive. */
export const ALIVE_EVERY_MS = 1_000

/** What a supervisor tells the processes; the reports of others only to the one that speaks for all. */
export type SupervisorMessage = { is: 'others'; reports: ServiceReport[] } | { is: 'watch'; message: WatchMessage }
