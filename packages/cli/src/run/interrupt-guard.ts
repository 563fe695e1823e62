import { fork } from 'node:child_process'
import { extname, join } from 'node:path'

/** A process beside this one that hears Ctrl-C where this one cannot. */
export type InterruptGuard = {
  /** Says that this process has heard it by itself. */
  heard: () => void
  end: () => void
}

const program = join(import.meta.dirname, `interrupt-guard.child${extname(import.meta.filename)}`)

/**
 * Lets Ctrl-C end this process though its event loop is blocked, as by a step that computes without a pause: the first
 * says so, the second kills it. A terminal sends it to both, for they are of one group.
 */
export function guardInterrupt(): InterruptGuard {
  const child = fork(program, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  // A run does not depend on it.
  child.on('error', () => {})
  child.unref()
  child.channel?.unref()
  return {
    heard: () => void (child.connected && child.send('heard', () => {})),
    end: () => void (child.connected && child.disconnect()),
  }
}
