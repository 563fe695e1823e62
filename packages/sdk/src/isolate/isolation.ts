import { extname, join } from 'node:path'
import type { FromIsolated, IsolatedTask, ToIsolated } from './messages.ts'
import { moduleFlags } from './node-flags.ts'

/** It leaves at once when its event loop turns; one that is blocked is not waited for long. */
export const graceMs = 2_000

/** What runs in the process or thread. */
export const program = join(import.meta.dirname, `isolated-step.child${extname(import.meta.filename)}`)

/** A task to be done elsewhere, and who hears of it. */
export interface Isolation {
  readonly task: IsolatedTask
  /** Limit of the JavaScript heap. Default: what Node chooses. */
  readonly memoryMiB: number | undefined
  /** When aborted, it is asked to stop, and ended after 2 s. */
  readonly signal: AbortSignal
  readonly onMessage: (message: FromIsolated, tell: (answer: ToIsolated) => void) => void
  /** Told of each line of stdout and stderr. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

/** Does a task elsewhere. Resolves when nothing of it is left, with how it ended, for a step that gave no answer before. */
export type Isolate = (isolation: Isolation) => Promise<string>

/** By which the modules are found there that are found here. */
export function flags(): string[] {
  const kept = moduleFlags(process.execArgv)
  const fromSource = program.endsWith('.ts') && !kept.some((flag) => flag.includes('source'))
  return fromSource ? [...kept, '--conditions=source'] : kept
}

/** The message by which it is asked to stop. */
export function stopMessage({ reason }: AbortSignal): ToIsolated {
  return { type: 'stop', reason: reason instanceof Error ? reason.message : String(reason) }
}

/** What is said of a step that filled its memory. */
export function outOfMemory(memoryMiB: number | undefined): string {
  const limit = memoryMiB === undefined ? '' : `the ${memoryMiB} MiB that `
  return `needed more memory than ${limit}it may have. Give it more with \`resources: { memoryMiB }\`, or work on less at once.`
}
