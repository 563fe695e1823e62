import type { WorkspaceKey } from './bench-workspace.ts'
import type { Measured, Sample } from './measure.ts'
import { measureApart } from './measure-apart.ts'

/** What a child process can be asked to do with a large artifact. */
export type LargeTask =
  | { readonly act: 'pass'; readonly from: string; readonly to: string }
  | { readonly act: 'export'; readonly workspace: WorkspaceKey; readonly number: number }
  | { readonly act: 'import'; readonly workspace: WorkspaceKey; readonly uri: string }

/** Does it in a process of its own. */
export const performApart = (task: LargeTask): Promise<Sample> => measureApart('large-task.child.ts', task)

/** How much more memory than with an artifact of a sixteenth the size still counts as flat: what a collector varies by. */
const FLAT_BYTES = 64 * 1024 ** 2

/** Says so when memory grew with the artifact. */
export function growthFault({ peakBytes = 0 }: Measured, small: Sample): string | undefined {
  const growthBytes = peakBytes - (small.peakBytes ?? 0)
  if (growthBytes <= FLAT_BYTES) return undefined
  return `Memory is not flat: it peaked ${Math.round(growthBytes / 1024 ** 2)} MiB higher than with a sixteenth of the size.`
}
