import type { InputSource, Snapshot } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { table } from '../output/table.ts'

/** What `snapshot show` and `snapshot build` print. */
export function snapshotResult(snapshot: Snapshot, context: Context): Result {
  const { spec } = snapshot
  const commit = spec.code.commit ?? 'not in git'
  return shown(
    snapshot,
    {
      id: snapshot.id,
      digest: snapshot.digest,
      pipeline: spec.pipeline,
      environment: spec.environment,
      stack: spec.stack,
      model: spec.model && `${spec.model.action} ${spec.model.name}`,
      commit: spec.code.dirty ? `${commit}, with changes that are not committed` : commit,
      code: spec.code.digest,
      parameters: JSON.stringify(spec.parameters),
      created: `${snapshot.createdAt} by ${snapshot.createdBy}`,
    },
    {
      context,
      more: () =>
        table(
          spec.steps,
          {
            Step: ({ name }) => name,
            Reads: ({ inputs }) => Object.values(inputs).map(sourceText).join(', '),
            Makes: ({ outputs }) =>
              Object.entries(outputs)
                .map(([name, { type }]) => `${name}:${type}`)
                .join(', '),
          },
          context,
        ),
    },
  )
}

function sourceText(source: InputSource): string {
  if (source.from === 'step') return `${source.step}.${source.output}`
  if (source.from === 'model') return `model.${source.role}`
  if (source.from === 'artifact') return `${source.name} ${source.digest.slice(0, 12)}`
  if (source.from === 'requests') return 'the requests'
  if (source.from === 'constant') return JSON.stringify(source.value)
  return `${source.items.length} values`
}
