import { json, model, step, table } from '@airlock-ml/sdk'
import { evaluate, flatMetrics, loadOnnx } from '@airlock-ml/tabular'
import { z } from 'zod'
import { DIAGNOSIS } from '../diagnosis.ts'

/** Scores the ONNX graph itself on the held-out rows, as production does again before it lets the model in. */
export const evaluateModel = step({
  name: 'evaluate_model',
  inputs: { model: model(), test: table() },
  outputs: { metrics: json(z.record(z.string(), z.number())) },
  run: async ({ inputs, context }) => {
    const loaded = await loadOnnx(inputs.model)
    try {
      const found = await evaluate(loaded, inputs.test, { target: DIAGNOSIS, positive: 'malignant' })
      const metrics = flatMetrics(found)
      context.log.info(
        Object.entries(metrics)
          .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
          .join(', '),
      )
      context.logMetadata({ ...metrics, confusion: found.confusion.counts.map((row) => [...row]) })
      return { metrics }
    } finally {
      await loaded.close()
    }
  },
})
