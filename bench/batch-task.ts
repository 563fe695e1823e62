import type { Sample } from './measure.ts'
import { measureApart } from './measure-apart.ts'

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

/** Scores in a process of its own. */
export const scoreApart = (task: BatchTask): Promise<BatchSample> => measureApart('batch-task.child.ts', task)
