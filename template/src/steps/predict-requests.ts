import { servedModel, step, table } from '@airlock-ml/sdk'
import { float32Column, stringColumn, Table } from '@airlock-ml/tabular'
import { DIAGNOSES } from '../diagnosis.ts'

/** The label and the probability of each class, a row for each row of the requests. */
export const predictRequests = step({
  name: 'predict_requests',
  inputs: { model: servedModel(), requests: table() },
  outputs: { predictions: table() },
  run: async ({ inputs: { model, requests } }) => {
    const { labels, probabilities } = await model.predictTable(requests)
    const width = model.classLabels.length
    const columns = DIAGNOSES.map((diagnosis) => {
      const at = model.classLabels.indexOf(diagnosis)
      if (at < 0)
        throw new Error(`The model does not tell "${diagnosis}" apart. Train it on the labels of diagnosis.ts.`)
      const values = new Float32Array(labels.length)
      for (let row = 0; row < values.length; row++) values[row] = probabilities[row * width + at]!
      return float32Column(`probability_${diagnosis}`, values)
    })
    return { predictions: new Table([stringColumn('label', labels), ...columns]) }
  },
})
