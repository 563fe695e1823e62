import { json, servedModel, step, table } from '@airlock-ml/sdk'

export const answerRows = step({
  name: 'answer_rows',
  inputs: { model: servedModel(), requests: table() },
  outputs: { answers: json<readonly object[]>() },
  run: async ({ inputs: { model, requests } }) => {
    const { labels } = await model.predictTable(requests)
    return { answers: labels.map((label) => ({ label })) }
  },
})
