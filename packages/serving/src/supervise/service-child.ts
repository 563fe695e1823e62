import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ServiceMessage, SupervisorMessage } from './service-messages.ts'

/** One process of a service. */
export type ServiceChild = {
  pid: number
  /** Resolves with how it ended. */
  ended: Promise<string>
  /** The last lines that it wrote and that are none of its log of what went well. */
  lastWords: () => string
  send: (message: SupervisorMessage) => void
  /** Lets it answer what it has begun, and kills it after `drainMs`. */
  stop: (drainMs: number) => void
}

const MOST_LINES = 12
const INFO = /^\d{4}-\d\d-\d\dT\S+ \S+ info /

export function watchChild(
  child: ChildProcess,
  { onLine, onMessage }: { onLine: (line: string) => void; onMessage: (message: ServiceMessage) => void },
): ServiceChild {
  const last: string[] = []
  const read = [child.stdout, child.stderr].flatMap((stream) => {
    if (!stream) return []
    const lines = createInterface({ input: stream })
    lines.on('line', (line) => {
      onLine(line)
      if (INFO.test(line)) return
      last.push(line)
      if (last.length > MOST_LINES) last.shift()
    })
    return once(lines, 'close')
  })
  child.on('message', onMessage)
  // A process that could not be started at all has no exit.
  const failed = once(child, 'error').then(([error]: Error[]) => `could not be started: ${error?.message}`)
  const exited = once(child, 'exit').then(([code, signal]) =>
    signal ? `was killed by ${signal}` : `ended with ${code}`,
  )
  exited.catch(() => {})
  failed.catch(() => {})
  const ended = Promise.race([failed, exited]).then(async (how) => {
    await Promise.all(read)
    return how
  })
  return {
    pid: child.pid ?? 0,
    ended,
    lastWords: () => last.join('\n').slice(-2_000),
    send: (message) => {
      if (child.connected) child.send(message, () => {})
    },
    stop: (drainMs) => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), drainMs)
      void ended.then(() => clearTimeout(late))
    },
  }
}
