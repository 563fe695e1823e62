import type { VerifiedBundle } from '@airlock-ml/bundle'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { metricsText, shown } from '../output/show.ts'
import { sizeText } from '../output/size.ts'
import { table } from '../output/table.ts'

/** What `bundle verify` prints: that it holds, by which key, and what is inside. */
export function verifiedResult(bundle: VerifiedBundle, { from, context }: { from: string; context: Context }): Result {
  const { manifest, digest, uri, keyHint, workspace, sizeBytes } = bundle
  const { source, training, model, files } = manifest
  const commit = training.commit ?? 'not in git'
  const document = { verified: true, uri, digest, sizeBytes, signedBy: { keyHint, workspace, from }, manifest }
  return shown(
    document,
    {
      bundle: context.colours.green('verified'),
      digest,
      'signed by': `key ${keyHint}${workspace ? ` of ${workspace}` : ''}`,
      'key from': from,
      source: `${source.workspace}, ${source.project}`,
      model: `${source.model} version ${source.number}`,
      registered: `${source.registeredAt} by ${source.registeredBy}`,
      metrics: `${metricsText(model.metrics)} (as the source says)`,
      'training run': `${training.runId} (${training.pipeline}), ${training.endedAt}, by ${training.startedBy}`,
      commit: training.dirty ? `${commit}, with changes that were not committed` : commit,
      snapshot: training.snapshotDigest,
      'model digest': model.digest,
      data: files
        .filter(({ artifact }) => artifact?.type === 'table')
        .map(({ artifact, sha256 }) => `${artifact?.role} ${sha256}`)
        .join('\n'),
      size: `${sizeText(sizeBytes)} in ${files.length + 1} signed files`,
    },
    {
      context,
      more: () =>
        table(
          files,
          {
            File: ({ path }) => path,
            Size: ({ sizeBytes }) => sizeText(sizeBytes),
            'SHA-256': ({ sha256 }) => sha256,
          },
          context,
        ),
    },
  )
}
