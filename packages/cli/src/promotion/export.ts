import { appendFile } from 'node:fs/promises'
import type { BundleRef, HeldStage } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { sizeText } from '../output/size.ts'
import { openWorkspace } from '../workspace/open.ts'

type Wanted = {
  sourceWorkspace: string
  model: string
  sourceStage: HeldStage | undefined
  modelVersion: number | undefined
}

/** Exports a version as a signed bundle, tells GitHub's next steps where it is, and returns its reference. */
export async function exportBundle(context: Context, wanted: Wanted): Promise<BundleRef> {
  const { client, project, name } = await openWorkspace(context, wanted.sourceWorkspace)
  const body = wanted.modelVersion ? { number: wanted.modelVersion } : { stage: wanted.sourceStage ?? 'staging' }
  const exported = await client.exportModelVersion({ project, model: wanted.model, body })
  const { bundle, number, files, sizeBytes } = exported
  context.note(
    `exported ${wanted.model} version ${number} of ${name}: ${files} files, ${sizeText(sizeBytes)}, digest ${bundle.digest}`,
  )
  const { GITHUB_OUTPUT } = context.env
  if (GITHUB_OUTPUT) await appendFile(GITHUB_OUTPUT, `path=${bundle.uri}\n`)
  return bundle
}

/** What `promote --export-only` prints: the address alone, so that a script can take it. */
export const exportResult = (bundle: Partial<BundleRef> & { uri: string }): Result => ({
  data: { bundle: { uri: bundle.uri, digest: bundle.digest } },
  text: () => bundle.uri,
})
