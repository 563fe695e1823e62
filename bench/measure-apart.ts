import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample } from './measure.ts'

/** Has a program of this folder do a task in a process of its own, so that its time and peak memory are its own, too. */
export function measureApart<S extends Sample>(program: string, task: { readonly act: string }): Promise<S> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, program))
    let sample: S | undefined
    child.once('message', (message) => {
      sample = message as S
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      sample && code === 0 ? resolve(sample) : reject(new Error(`The process of ${task.act} ended with ${code}.`)),
    )
    child.send(task)
  })
}

/** In that process: does the task that it is sent, and answers with how it went and the most memory it has held. */
export function answerWithSample<Task>(perform: (task: Task) => Promise<Sample>): void {
  process.once('message', async (task: Task) => {
    const sample = await perform(task)
    process.send?.({ ...sample, peakBytes: peakBytes() }, () => process.disconnect())
  })
}

/** The most this process has held since its start; `resourceUsage` would count what the parent held before, too. */
function peakBytes(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOfProcess()) ?? []
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) * 1024
}

/** Empty where the system keeps no such file. */
function statusOfProcess(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
