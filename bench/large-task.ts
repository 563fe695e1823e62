import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { WorkspaceKey } from './bench-workspace.ts'
import type { Measured, Sample } from './measure.ts'

/** What a child process can be asked to do with a large artifact. */
export type LargeTask =
  | { readonly act: 'pass'; readonly from: string; readonly to: string }
  | { readonly act: 'export'; readonly workspace: WorkspaceKey; readonly number: number }
  | { readonly act: 'import'; readonly workspace: WorkspaceKey; readonly uri: string }

/** Has a child process do it. */
export function performApart(task: LargeTask): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'large-pass.child.ts'))
    let sample: Sample | undefined
    child.once('message', (message) => {
      sample = message as Sample
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      sample && code === 0 ? resolve(sample) : reject(new Error(`The process of ${task.act} ended with ${code}.`)),
    )
    child.send(task)
  })
}

/** How much more memory than with an artifact of a sixteenth the size still counts as flat: what a collector varies by. */
const FLAT_BYTES = 64 * 1024 ** 2

/** Says so when memory grew with the artifact. */
export function growthFault({ peakBytes = 0 }: Measured, small: Sample): string | undefined {
  const growthBytes = peakBytes - (small.peakBytes ?? 0)
  if (growthBytes <= FLAT_BYTES) return undefined
  return `Memory is not flat: it peaked ${Math.round(growthBytes / 1024 ** 2)} MiB higher than with a sixteenth of the size.`
}
