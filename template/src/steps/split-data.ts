import { step, table } from '@airlock-ml/sdk'
import { rowKeys, splitByRowHash } from '@airlock-ml/tabular'
import { z } from 'zod'
import { FEATURES } from '../diagnosis.ts'

/**
 * Holds rows out by a hash of their measurements. The seed belongs to the model: with the same one every version is
 * judged on the same rows, which no version has seen. `training_rows` tells later which rows a version has learnt from,
 * without telling what stands in them.
 */
export const splitData = step({
  name: 'split_data',
  inputs: { table: table() },
  outputs: { train: table(), test: table(), training_rows: table() },
  params: z.object({ holdout_seed: z.string().min(1), test_share: z.number().gt(0).lt(1) }),
  run: ({ inputs, params, context }) => {
    const { train, test } = splitByRowHash(inputs.table, {
      seed: params.holdout_seed,
      testShare: params.test_share,
      columns: FEATURES,
    })
    context.log.info(`${train.rowCount} rows to learn from, ${test.rowCount} held out`)
    context.logMetadata({ train_rows: train.rowCount, test_rows: test.rowCount })
    return { train, test, training_rows: rowKeys(train, FEATURES) }
  },
})
