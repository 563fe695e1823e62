import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Sample } from './measure.ts'

/** What a child process can be asked to do with a table and a model. */
export type BatchTask = {
  readonly act: 'batch' | 'bare'
  readonly model: string
  readonly input: string
  readonly output: string
  readonly threads: number
}

/** What one act took, in time and in processor time. */
export type BatchSample = Sample & { readonly cpuMs: number }

/** Has a process of its own do it, so that its time and peak memory are its own. */
export function scoreApart(task: BatchTask): Promise<BatchSample> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'batch-task.child.ts'))
    let sample: BatchSample | undefined
    child.once('message', (message) => {
      sample = message as BatchSample
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      sample && code === 0 ? resolve(sample) : reject(new Error(`The process of ${task.act} ended with ${code}.`)),
    )
    child.send(task)
  })
}
