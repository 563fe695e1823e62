import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ServiceMessage, SupervisorMessage } from './service-messages.ts'

/** One process of a service. */
export type ServiceChild = {
  pid: number
  /** Resolves with how it ended. */
  ended: Promise<string>
  /** Whether it was killed because it said nothing any more. */
  wasStuck: () => boolean
  /** The last lines that it wrote and that are none of its log of what went well. */
  lastWords: () => string
  send: (message: SupervisorMessage) => void
  /** Lets it answer what it has begun, and kills it after `drainMs`. */
  stop: (drainMs: number) => void
}

const MOST_LINES = 12
const INFO = /^\d{4}-\d\d-\d\dT\S+ \S+ info /

export type Watching = {
  onLine: (line: string) => void
  onMessage: (message: ServiceMessage) => void
  /** A process that was alive and says nothing for so long is killed: a step that never ends hears no signal. */
  stuckMs: number
}

export function watchChild(child: ChildProcess, { onLine, onMessage, stuckMs }: Watching): ServiceChild {
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
  const pulse = watchPulse(stuckMs, () => child.kill('SIGKILL'))
  child.on('message', (message: ServiceMessage) => {
    pulse.heard(message)
    onMessage(message)
  })
  // A process that could not be started at all has no exit.
  const failed = once(child, 'error').then(([error]: Error[]) => `could not be started: ${error?.message}`)
  const exited = once(child, 'exit').then(([code, signal]) =>
    signal ? `was killed by ${signal}` : `ended with ${code}`,
  )
  exited.catch(() => {})
  failed.catch(() => {})
  const ended = Promise.race([failed, exited]).then(async (how) => {
    pulse.end()
    await Promise.all(read)
    return pulse.wasStuck()
      ? `said nothing for ${stuckMs / 1_000} s, as in a step that never ends, and was killed`
      : how
  })
  return {
    pid: child.pid ?? 0,
    ended,
    wasStuck: pulse.wasStuck,
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

/** How often it is looked: a supervisor that was held up itself has looked less often, and accuses nobody. */
const LOOKS = 10

function watchPulse(stuckMs: number, onStuck: () => void) {
  let isAlive = false
  let silentLooks = 0
  let isStuck = false
  const looking = setInterval(() => {
    if (!isAlive || ++silentLooks <= LOOKS) return
    clearInterval(looking)
    isStuck = true
    onStuck()
  }, stuckMs / LOOKS)
  return {
    heard: ({ is }: ServiceMessage) => {
      if (is === 'alive') isAlive = true
      silentLooks = 0
    },
    wasStuck: () => isStuck,
    end: () => clearInterval(looking),
  }
}
