import { PlatformError, Sha256 } from '@airlock-ml/contract'
import { z } from 'zod'
import { type OutputFolder, readWhole, takenNames } from './output-folder.ts'

/** What an output was begun with: whoever goes on with it has to have the same. */
const BatchPlan = z.object({
  format: z.literal('airlock-batch-1'),
  input: z.object({ path: z.string(), digest: Sha256 }),
  model: z.object({ name: z.string(), number: z.int(), digest: Sha256 }),
  key: z.string().nullable(),
  copies: z.record(z.string(), z.string()),
  partRows: z.int().positive(),
})
export type BatchPlan = z.infer<typeof BatchPlan>

/**
 * The plan that lies in an output; null in one that nobody began.
 * @throws PlatformError `batch_output_taken` when files of others are in the way, or the plan is not one of ours
 */
export async function readPlan(folder: OutputFolder, { replace }: { replace: boolean }): Promise<BatchPlan | null> {
  const found = await readWhole(folder.plan).catch(() => null)
  const { data } = BatchPlan.safeParse(found)
  if (data) return data
  const taken = await takenNames(folder)
  if (replace || (found === undefined && taken.length === 0)) return null
  const what = found === undefined ? `it holds ${taken.slice(0, 3).join(', ')}` : 'its .batch/plan.json cannot be read'
  const message = `${folder.dir} was not begun by a run of this kind: ${what}.`
  throw new PlatformError('batch_output_taken', message, { files: taken.slice(0, 100) })
}

/** What differs between two plans, in words; `undefined` where one may go on with what the other began. */
export function differenceOf(begun: BatchPlan, now: BatchPlan): string | undefined {
  const differences: string[] = []
  // Also of one number: each row names it, beside the digest.
  if (JSON.stringify(begun.model) !== JSON.stringify(now.model)) {
    differences.push(`with ${versionOf(begun)}, and this run is pinned to ${versionOf(now)}`)
  }
  if (begun.input.digest !== now.input.digest) {
    differences.push(`from ${inputOf(begun)}, and this run reads ${inputOf(now)}`)
  }
  if (begun.key !== now.key) {
    differences.push(`with ${keyOf(begun)}, and this run has ${keyOf(now)}`)
  }
  if (JSON.stringify(begun.copies) !== JSON.stringify(now.copies)) differences.push('with other columns')
  return differences.length === 0 ? undefined : differences.join('; ')
}

/** Says why a run cannot go on with an output, and which ways there are. */
export function takenError(
  folder: OutputFolder,
  { begun, now, isDone }: { begun: BatchPlan; now: BatchPlan; isDone: boolean },
): PlatformError {
  const isOtherVersion = JSON.stringify(begun.model) !== JSON.stringify(now.model)
  const finish =
    isDone || !isOtherVersion || begun.input.digest !== now.input.digest
      ? ''
      : ` To finish it with the version it was begun with: --model-version ${begun.model.number}.`
  const message = `${folder.dir} was ${isDone ? 'made' : 'begun'} ${differenceOf(begun, now)}.${finish}`
  return new PlatformError('batch_output_taken', message, { begun, now, isDone })
}

const short = (digest: string) => digest.slice(0, 12)
const versionOf = ({ model }: BatchPlan) => `version ${model.number} of ${model.name} (${short(model.digest)})`
const inputOf = ({ input }: BatchPlan) => `${input.path} (SHA-256 ${short(input.digest)})`
const keyOf = ({ key }: BatchPlan) => (key === null ? 'no key column' : `the key column "${key}"`)
