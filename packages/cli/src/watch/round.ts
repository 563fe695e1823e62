import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Context } from '../context.ts'
import type { RunRequest } from '../run/run-by-name.ts'
import type { FromRound, ToRound } from './messages.ts'

// A step that computes without a pause hears of no cancellation.
const GRACE_MS = 5_000

/** One run of a watched pipeline. */
export type Round = {
  /** Resolves when its process is gone; with no run where it came to none, or had to be ended before it could tell. */
  ended: Promise<{ id: string; status: string } | null>
  cancel: (by: string) => void
}

/**
 * Runs a watched pipeline once in a process of its own: modules are loaded once a process, so that none of an earlier
 * round is left. `onFiles` is told what it is made of.
 */
export function startRound(context: Context, request: RunRequest, onFiles: (files: readonly string[]) => void): Round {
  const child = fork(process.argv[1] ?? '', ['run-watched', request.pipeline, ...optionsOf(context, request)], {
    cwd: context.cwd,
    env: { ...context.env },
    // Its progress is for people: stdout is for the document of this command alone.
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  let run: { id: string; status: string } | null = null
  child.on('message', (message: FromRound) => {
    if ('files' in message) onFiles(message.files)
    else run = message.run
  })
  let patience: NodeJS.Timeout | undefined
  const ended = once(child, 'exit').then(() => {
    clearTimeout(patience)
    return run
  })
  const cancel = (by: string) => {
    const message: ToRound = { cancelledBy: by }
    if (child.connected) child.send(message, () => {})
    patience ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  }
  return { ended, cancel }
}

function optionsOf({ flags }: Context, request: RunRequest): string[] {
  const { stack, params, modelVersion, stage, champion } = request
  const { workspace, project, as } = flags
  const given = { stack, 'model-version': modelVersion, stage, champion, workspace, project, as }
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return [...options, ...params.map((param) => ['param', param] as const)].map(([name, value]) => `--${name}=${value}`)
}
