import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceReport } from '@airlock-ml/contract'
import { type ServiceChild, watchChild } from './service-child.ts'
import type { ServiceLayout, ServiceMessage } from './service-messages.ts'
import type { openSupervisorState } from './supervisor-state.ts'

/** What starts one process of the service, with an IPC channel and its output in pipes. */
export type StartProcess = (each: {
  number: number
  port: number
  sharesPort: boolean
  /** Whether the one before it was killed because it said nothing any more. */
  wasStuck: boolean
}) => ChildProcess

export type TeamOptions = {
  layout: ServiceLayout
  start: StartProcess
  state: ReturnType<typeof openSupervisorState>
  say: (message: string) => void
  writeLine: (line: string) => void
  /** Stops them all. */
  signal: AbortSignal
  now: () => Date
  times: RestartTimes
}

export type RestartTimes = {
  firstMs: number
  mostMs: number
  /** After it ran so long, the next restart is at once again. */
  steadyMs: number
  drainMs: number
  /** After saying nothing for so long, a process that said before that it is alive is killed. */
  stuckMs: number
}

/** How a team ended: asked to stop, nothing left to serve, or the settings ask for another one. */
export type TeamEnd = { is: 'stopped' } | { is: 'over'; why: string } | { is: 'wants'; layout: ServiceLayout }

/**
 * Runs the processes of a service until they are asked to stop. One that ends is started again, after a while that
 * doubles each time; it is never given up.
 */
export async function runTeam(options: TeamOptions): Promise<TeamEnd> {
  const { layout, state, signal, say } = options
  const ending = new AbortController()
  const stop = AbortSignal.any([signal, ending.signal])
  const children = new Map<number, ServiceChild>()
  const reports = new Map<number, ServiceReport>()
  const firstUrl = Promise.withResolvers<string>()
  let end: TeamEnd = { is: 'stopped' }
  const endAs = (how: TeamEnd) => {
    end = how
    ending.abort()
  }
  const hear = (number: number, message: ServiceMessage) => {
    switch (message.is) {
      case 'ready':
        firstUrl.resolve(message.url)
        return void state.change({
          state: 'serving',
          url: message.url,
          pids: pidsOf(children),
          nextStartAt: null,
          trouble: null,
        })
      case 'report':
        reports.set(number, message.report)
        if (number !== 0) children.get(0)?.send({ is: 'others', reports: others(reports) })
        return
      case 'wants':
        if (number === 0 && !isSame(message.layout, layout)) endAs({ is: 'wants', layout: message.layout })
        return
      case 'watch':
        for (const [other, child] of children)
          if (number === 0 ? other !== 0 : other === 0) child.send({ is: 'watch', message: message.message })
        return
      case 'alive':
        return
      case 'over':
        endAs({ is: 'over', why: message.why })
    }
  }
  const keep = async (number: number, portOf: () => number) => {
    let delayMs = options.times.firstMs
    let wasStuck = false
    while (!stop.aborted) {
      const startedAt = performance.now()
      const process = options.start({ number, port: portOf(), sharesPort: layout.processes > 1, wasStuck })
      const child = watchChild(process, {
        onLine: options.writeLine,
        onMessage: (message) => hear(number, message),
        stuckMs: options.times.stuckMs,
      })
      children.set(number, child)
      await state.change({ pids: pidsOf(children) })
      const onStop = () => child.stop(options.times.drainMs)
      stop.addEventListener('abort', onStop, { once: true })
      if (stop.aborted) onStop()
      const how = await child.ended
      stop.removeEventListener('abort', onStop)
      children.delete(number)
      reports.delete(number)
      if (stop.aborted) return
      wasStuck = child.wasStuck()
      // The time in which it said nothing is none in which it ran well.
      const ranMs = performance.now() - startedAt - (wasStuck ? options.times.stuckMs : 0)
      if (ranMs >= options.times.steadyMs) delayMs = options.times.firstMs
      const { restarts } = state.now()
      const nextStartAt = new Date(options.now().getTime() + delayMs).toISOString()
      say(
        `process ${number} (${child.pid}) ${how}; it is started again in ${delayMs / 1_000} s, for the ${restarts + 1}. time`,
      )
      await state.change({
        state: 'restarting',
        pids: pidsOf(children),
        restarts: restarts + 1,
        lastExit: { at: options.now().toISOString(), how },
        nextStartAt,
        trouble: `The process ${how}.\n${child.lastWords()}`.trim(),
      })
      await sleep(delayMs, undefined, { signal: stop }).catch(() => {})
      delayMs = Math.min(delayMs * 2, options.times.mostMs)
    }
  }
  const port = () => layout.port || portOf(state.now().url)
  const first = keep(0, port)
  await Promise.race([firstUrl.promise, first])
  const more = Array.from({ length: layout.processes - 1 }, (_, at) => keep(at + 1, port))
  await Promise.all([first, ...more])
  return end
}

const pidsOf = (children: ReadonlyMap<number, ServiceChild>) =>
  Object.fromEntries([...children].map(([number, { pid }]) => [number, pid]))

const others = (reports: ReadonlyMap<number, ServiceReport>) =>
  [...reports].flatMap(([number, report]) => (number === 0 ? [] : report))

const isSame = (a: ServiceLayout, b: ServiceLayout) =>
  a.host === b.host && a.port === b.port && a.processes === b.processes

/** A port that was free once is the service's from then on: applications know it. */
const portOf = (url: string | null): number => (url === null ? 0 : Number(new URL(url).port))
