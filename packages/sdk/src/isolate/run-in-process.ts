import { fork } from 'node:child_process'
import { runGroup } from '../child-process/run-group.ts'
import { whyKilled } from '../child-process/why-killed.ts'
import { flags, graceMs, type Isolate, outOfMemory, program, stopMessage } from './isolation.ts'
import type { FromIsolated, ToIsolated } from './messages.ts'

/** In a process of its own, which may crash, be killed, or never return without harm to this one. */
export const runInProcess: Isolate = async ({ task, memoryMiB, signal, onMessage, onLine }) => {
  const child = fork(program, [], {
    detached: true,
    execArgv: [...flags(), ...(memoryMiB === undefined ? [] : [`--max-old-space-size=${memoryMiB}`])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // A process that is gone already is judged by how it ended.
  const tell = (message: ToIsolated) => void (child.connected && child.send(message, () => {}))
  child.on('message', (message: FromIsolated) => onMessage(message, tell))
  tell({ type: 'task', task })
  let isOutOfMemory = false
  const ending = await runGroup(child, {
    signal,
    graceMs,
    askToStop: () => tell(stopMessage(signal)),
    onLine: (stream, line) => {
      isOutOfMemory ||= stream === 'stderr' && line.includes('JavaScript heap out of memory')
      onLine(stream, line)
    },
  })
  if (isOutOfMemory) return outOfMemory(memoryMiB)
  if (ending.signal !== null) return `was ended by ${ending.signal} before it returned.${whyKilled(ending.signal)}`
  return `ended its process with exit code ${ending.code} before it returned. Throw an error where a step should fail, instead of ending the process.`
}
