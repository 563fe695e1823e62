import { setTimeout as sleep } from 'node:timers/promises'
import { type DeploymentTarget, isPlatformError, type ServiceReport } from '@airlock-ml/contract'
import { loadPipeline, planServing, type StepLog } from '@airlock-ml/sdk'
import {
  ALIVE_EVERY_MS,
  type Contact,
  followTarget,
  keptTarget,
  loadVersion,
  openKeptBytes,
  openModelChecks,
  type ServiceLog,
  type ServiceMessage,
  type SupervisorMessage,
  startService,
  type Team,
  type WatchTeam,
} from '@airlock-ml/serving'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import { lineLog } from '../up/line-log.ts'
import { stopSignal } from '../up/stop-signal.ts'
import { containerEnv } from './container/image.ts'
import { openObservers } from './open-observers.ts'
import { openContact } from './service-contact.ts'
import { checkedCode, folderOfService, readService, serviceFiles } from './service-folder.ts'

export type ServeRequest = {
  workspace: string
  name: string
  /** Which of the processes of the service this is; 0 speaks for all. */
  number: number
  port: number
  /** Null for that of the settings. */
  host: string | null
  sharesPort: boolean
  /** Whether the process before it was ended because it hung. */
  wasStuck: boolean
}

const DRAIN_MS = 10_000
const MOST_RETRY_MS = 10_000
/** Requests wait so long for the first version of a process that starts. */
const START_MS = 5_000

/** One process of a service, until it is asked to stop or its deployment is no more. */
export async function serve(context: Context, request: ServeRequest): Promise<void> {
  const stopped = stopSignal()
  const sayAlive = () => tellSupervisor({ is: 'alive' })
  sayAlive()
  const pulse = setInterval(sayAlive, ALIVE_EVERY_MS)
  // Open, the channel to the supervisor keeps a process alive that has failed.
  context.onEnd(() => {
    clearInterval(pulse)
    if (process.connected) process.disconnect()
  })
  const { workspace, name, number } = request
  const folder = await openProjectFolder(context.cwd)
  const dir = folderOfService(folder, workspace, name)
  const file = await readService(dir, name)
  const log = lineLog(number === 0 ? name : `${name}/${number}`, context)
  const code = {
    ...{ dir: await checkedCode(dir, file), pipelines: file.pipelines, pipeline: file.pipeline },
    ...{ params: file.parameters, environment: file.environment, project: file.project },
    deploymentId: file.deploymentId,
  }
  const pipeline = await loadPipeline(code.dir, code, code.pipeline)
  const plan = planServing(pipeline, { ...code, log: stepLog(log), now: context.now })
  const { contact, close } = openContact(folder, { workspace, name, dir, env: context.env })
  context.onEnd(close)
  const kept = keptTarget(serviceFiles(dir).target)
  const over = Promise.withResolvers<void>()
  const isOver = (why: string) => {
    tellSupervisor({ is: 'over', why })
    over.resolve()
  }
  const ended = Promise.race([stopped, over.promise])
  const target = (await kept.read()) ?? (await firstTarget({ contact, file, log, ended, isOver }))
  if (!target) return
  const seen = { dir, number, service: file, target, code: { ...code, roles: plan.roles } }
  const team = request.sharesPort ? watchTeamOf(target.settings.processes) : undefined
  const watching = await openObservers({ ...seen, contact, log, team })
  const { observers, logCounts, shadow, guards } = watching
  // What answers beside may be what hung, and whoever answers alone must not hang again for it.
  if (request.wasStuck && target.challenger?.mode === 'canary') await guards.holdBack(target.challenger, HUNG)
  const started = Promise.withResolvers<void>()
  const starting = Promise.race([started.promise, ended, sleep(START_MS)])
  const service = await startService({
    ...{ plan, observers, log, sharesPort: request.sharesPort, now: context.now, starting },
    target: {
      ...target,
      settings: { ...target.settings, port: request.port, host: request.host ?? target.settings.host },
    },
  })
  watching.onService(service)
  // In a container it cannot know where applications reach it.
  const reached = { ...service, url: context.env[containerEnv.url] || service.url }
  const namesOf = openModelChecks()
  const following = await followTarget({
    ...{
      project: file.project,
      deployment: name,
      service: reached,
      contact,
      kept,
      log,
      logCounts,
      shadow,
      now: context.now,
    },
    bytes: await openKeptBytes(dir),
    isHeldBack: guards.isHeldBack,
    load: (version, bytesOf) => loadVersion(plan, { version, bytesOf, namesOf }),
    onTarget: async (carried, loaded) => {
      await watching.onTarget(carried, loaded)
      const { host, port, processes } = carried.settings
      tellSupervisor({ is: 'wants', layout: { host, port, processes } })
      if (carried.snapshotId !== file.snapshotId)
        log.error({ wanted: carried.snapshotId, has: file.snapshotId }, OTHER_CODE)
    },
    onOver: isOver,
    ...(request.sharesPort && { team: teamOf(number) }),
  })
  started.resolve()
  guards.onRetreat(() => void following.retreat().catch((error: unknown) => log.error({ error }, 'the retreat failed')))
  log.info({ url: service.url, pid: process.pid }, 'listens')
  tellSupervisor({ is: 'ready', url: service.url })
  await ended
  log.info({}, 'stops, with what it has begun answered')
  await service.drain(DRAIN_MS)
  await watching.close()
  await following.stop()
}

const HUNG = 'While it answered beside the champion the process of both hung and had to be ended.'

const OTHER_CODE =
  'the deployment asks for other code; bring it with `airlock deployment redeploy NAME`, or `start NAME --take-over`'

type First = {
  contact: Contact
  file: Awaited<ReturnType<typeof readService>>
  log: ServiceLog
  ended: Promise<void>
  isOver: (why: string) => void
}

/** What a service that was never told anything has to do; null when it is asked to stop before it hears. */
async function firstTarget({ contact, file, log, ended, isOver }: First): Promise<DeploymentTarget | null> {
  const { project, deployment } = file
  let isEnded = false
  void ended.then(() => (isEnded = true))
  for (let retryMs = 500; !isEnded; retryMs = Math.min(retryMs * 2, MOST_RETRY_MS)) {
    try {
      return await contact((client) => client.showDeploymentTarget({ project, deployment }))
    } catch (error) {
      if (isPlatformError(error) && error.code === 'deployment_not_found') {
        isOver('The deployment was deleted.')
        return null
      }
      // Only a workspace that is away is waited for.
      if (!isPlatformError(error) || error.status !== 503) throw error
      log.warn({ error }, 'the workspace is away, and the service was never told what to do; it tries again')
      await Promise.race([sleep(retryMs), ended])
    }
  }
  return null
}

function teamOf(number: number): Team {
  let others: readonly ServiceReport[] = []
  process.on('message', (message: SupervisorMessage) => {
    if (message.is === 'others') others = message.reports
  })
  return {
    isLead: number === 0,
    others: () => others,
    tell: (report) => tellSupervisor({ is: 'report', report }),
  }
}

const watchTeamOf = (size: number): WatchTeam => ({
  size,
  send: (message) => tellSupervisor({ is: 'watch', message }),
  onMessage: (take) => {
    process.on('message', (message: SupervisorMessage) => {
      if (message.is === 'watch') take(message.message)
    })
  },
})

/** Nobody is told where the process was started by hand. */
const tellSupervisor = (message: ServiceMessage): void => {
  if (process.connected) process.send?.(message, () => {})
}

const stepLog = ({ info, warn, error }: ServiceLog): StepLog => ({
  debug: () => {},
  info: (message, fields = {}) => info(fields, message),
  warn: (message, fields = {}) => warn(fields, message),
  error: (message, fields = {}) => error(fields, message),
})
