import type { ServiceReport } from '@airlock-ml/contract'
import type { Contact, FollowOptions, Observer, ServiceLog } from '@airlock-ml/serving'
import type { ServiceFile } from './service-folder.ts'

/** What watches a service from inside needs. */
export type ObserversContext = {
  /** Folder of the service, for what has to outlive it. */
  dir: string
  /** Number of this process among those of the service. */
  number: number
  service: ServiceFile
  contact: Contact
  log: ServiceLog
}

/** All who are told of each batch of answers. */
export type Observers = {
  observers: readonly Observer[]
  /** Told of each target that was carried out. */
  onTarget: NonNullable<FollowOptions['onTarget']>
  logCounts: () => Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>
  /** After the last answer was given. */
  close: () => Promise<void>
}

/** The one place where observers join a service. */
export async function openObservers(_context: ObserversContext): Promise<Observers> {
  const observers: Observer[] = []
  return {
    observers,
    onTarget: () => {},
    logCounts: () => ({ logged: 0, logWaiting: 0, logLost: 0 }),
    close: async () => {
      for (const observer of observers) await observer.close?.()
    },
  }
}
