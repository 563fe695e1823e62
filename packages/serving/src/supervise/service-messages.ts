import type { DeploymentSettings, ServiceReport } from '@airlock-ml/contract'

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
  /** There is nothing to serve any more. */
  | { is: 'over'; why: string }

/** How often a process says that it is alive. */
export const ALIVE_EVERY_MS = 1_000

/** What a supervisor tells the process that speaks for all. */
export type SupervisorMessage = { is: 'others'; reports: ServiceReport[] }
