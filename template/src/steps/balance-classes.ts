import { step, table } from '@airlock-ml/sdk'
import { smote, type Table } from '@airlock-ml/tabular'
import { z } from 'zod'
import { DIAGNOSIS, FEATURES } from '../diagnosis.ts'

/**
 * Makes up rows of the rarer class by SMOTE where it is rarer than it may be; else the rows go on as they are. Only rows
 * to learn from are ever made up: what a version is judged on is real.
 */
export const balanceClasses = step({
  name: 'balance_classes',
  inputs: { train: table() },
  outputs: { balanced: table() },
  params: z.object({ least_share: z.number().gt(0).max(0.5), seed: z.int() }),
  run: ({ inputs, params, context }) => {
    const share = rarestShare(inputs.train)
    if (share >= params.least_share) {
      context.log.info(`the rarer class has ${percent(share)} of the rows: nothing is made up`)
      context.logMetadata({ rarest_share: share, added: {} })
      return { balanced: inputs.train }
    }
    const { table: balanced, added } = smote(inputs.train, { features: FEATURES, target: DIAGNOSIS, seed: params.seed })
    context.log.info(
      `the rarer class has ${percent(share)} of the rows: made up ${Object.values(added).join(', ')}`,
      added,
    )
    context.logMetadata({ rarest_share: share, added })
    return { balanced }
  },
})

/** How much of the rows the rarest class has, 0 to 1. */
export function rarestShare(rows: Table): number {
  const counts = Map.groupBy(rows.column(DIAGNOSIS).values, String)
  return Math.min(...[...counts.values()].map(({ length }) => length)) / rows.rowCount
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
