import { arch, platform } from 'node:process'
import { json, model, step, table } from '@airlock-ml/sdk'
import { loadOnnx, type TrainingReport, trainingReport } from '@airlock-ml/tabular'
import { z } from 'zod'
import { DIAGNOSIS, MODEL } from '../diagnosis.ts'

/** Gathers what a reviewer wants to see of a training: `airlock report show RUN` draws it. */
export const reportTraining = step({
  name: 'report_training',
  inputs: { model: model(), train: table(), test: table() },
  outputs: { report: json<TrainingReport>() },
  params: z.object({ seed: z.int() }),
  run: async ({ inputs, params, context }) => {
    const loaded = await loadOnnx(inputs.model)
    try {
      const report = await trainingReport(loaded, inputs.test, {
        title: `Training of ${MODEL}`,
        target: DIAGNOSIS,
        positive: 'malignant',
        seed: params.seed,
        parameters: context.parameters,
        data: {
          'rows learnt from': inputs.train.rowCount,
          'rows held out': inputs.test.rowCount,
          columns: inputs.test.columns.length,
          run: context.run.id,
        },
        environment: { node: process.version, platform: `${platform} ${arch}`, environment: context.run.environment },
      })
      const [first] = report.importance
      context.log.info(`most important: ${first?.feature}, without it accuracy falls by ${first?.mean.toFixed(4)}`)
      return { report }
    } finally {
      await loaded.close()
    }
  },
})
