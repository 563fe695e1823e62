import { join } from 'node:path'
import type { DeploymentTarget, ServedVersion, ServiceReport } from '@airlock-ml/contract'
import {
  type Contact,
  exposeLogCounts,
  type FollowOptions,
  type Observer,
  openKeptBytes,
  openMonitor,
  openPredictionLog,
  runDriftHooks,
  type ServedCode,
  type Service,
  type ServiceLog,
  type WatchTeam,
} from '@airlock-ml/serving'
import { claimLogFolder } from './log-folders.ts'
import { type Beside, openBeside } from './open-beside.ts'
import type { ServiceFile } from './service-folder.ts'

/** What watches a service from inside needs. */
export type ObserversContext = {
  /** Folder of the service, for what has to outlive it. */
  dir: string
  /** Number of this process among those of the service. */
  number: number
  service: Pick<ServiceFile, 'project' | 'deployment' | 'driftHooks'>
  /** Those that share the port with it. */
  team?: WatchTeam | undefined
  /** What the service has to do when it starts. */
  target: Pick<DeploymentTarget, 'settings' | 'inputsKey'>
  /** What answers, for those who answer beside it. */
  code: ServedCode & { roles: readonly string[] }
  contact: Contact
  log: ServiceLog
}

/** All who are told of each batch of answers. */
export type Observers = {
  observers: readonly Observer[]
  /** Told of each target that was carried out. */
  onTarget: NonNullable<FollowOptions['onTarget']>
  /** Told of the service, once it listens. */
  onService: (service: Service) => void
  logCounts: () => Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>
  shadow: NonNullable<FollowOptions['shadow']>
  guards: Beside['guards']
  /** After the last answer was given. */
  close: () => Promise<void>
}

/** The one place where observers join a service. */
export async function openObservers(context: ObserversContext): Promise<Observers> {
  const { number, service, target, contact, log } = context
  let { settings } = target
  const folders = await claimLogFolder(join(context.dir, 'log'), { number, processes: settings.processes })
  const predictions = await openPredictionLog({
    ...{ ...folders, project: service.project, deployment: service.deployment, contact, log },
    settings: () => settings.log,
    inputsKey: Buffer.from(target.inputsKey, 'base64'),
  })
  const about = { project: service.project, deployment: service.deployment, contact, log }
  // One process calls them for all.
  const hooks = number === 0 ? service.driftHooks : []
  const driftHooks = runDriftHooks({ ...about, codeDir: context.code.dir, hooks })
  const monitor = openMonitor({ ...about, process: number, team: context.team, onJudged: driftHooks.look })
  const bytesOf = await artifactReader(context)
  const observers: Observer[] = [{ observe: predictions.observe }, monitor]
  const beside = await openBeside({
    ...{ ...about, driftBeside: monitor.driftBeside },
    dir: context.dir,
    code: context.code,
    observers: [...observers],
  })
  observers.push(...beside.observers)
  return {
    observers,
    shadow: beside.state,
    guards: beside.guards,
    onTarget: async (carried, has) => {
      settings = carried.settings
      void monitor.follow(carried, bytesOf)
      await beside.onTarget(carried, has)
    },
    onService: (listening) => {
      beside.expose(listening)
      monitor.expose(listening)
      exposeLogCounts(listening, predictions.counts)
    },
    logCounts: predictions.counts,
    close: async () => {
      await beside.close()
      for (const observer of observers) await observer.close?.()
      await driftHooks.close()
      await predictions.close()
    },
  }
}

/** Reads an artifact of a version from the folder of the service, or from the workspace where it is not there yet. */
async function artifactReader({ dir, service: { project }, contact }: ObserversContext) {
  const bytes = await openKeptBytes(dir)
  return async (version: ServedVersion, role: string): Promise<Uint8Array> => {
    const artifact = version.artifacts[role]
    if (!artifact) throw new TypeError(`The version has no artifact "${role}".`)
    return bytes.read(null, project, artifact).catch(() => contact((client) => bytes.read(client, project, artifact)))
  }
}
