import { json, model, step, table } from '@airlock-ml/sdk'
import { type ComparisonDefinition, compareModels } from '@airlock-ml/tabular/compare'
import { z } from 'zod'
import { DIAGNOSIS } from '../diagnosis.ts'

/**
 * Holds the challenger against the champion on the rows that were held out from both. It refuses rows that either was
 * trained on, by the keys that each version keeps of them.
 */
export const compareVersions = step({
  name: 'compare_versions',
  inputs: {
    champion: model(),
    challenger: model(),
    champion_rows: table(),
    challenger_rows: table(),
    hold_out: table(),
  },
  outputs: { comparison: json<object>() },
  // Whole in the snapshot, so that the record says by what was judged.
  params: z.object({ definition: z.custom<ComparisonDefinition>() }),
  run: async ({ inputs, params, context }) => {
    const found = await compareModels({
      definition: params.definition,
      champion: { model: inputs.champion, trainedOn: inputs.champion_rows },
      challenger: { model: inputs.challenger, trainedOn: inputs.challenger_rows },
      holdOut: inputs.hold_out,
      target: DIAGNOSIS,
    })
    context.log.info(`${found.verdict}: ${found.reason}`)
    context.logMetadata({ verdict: found.verdict, rows: found.rows, rows_in_dispute: found.disputedRows })
    const { model: pinned } = context.run
    return { comparison: { champion: pinned?.champion?.number ?? null, challenger: pinned?.number ?? null, ...found } }
  },
})
