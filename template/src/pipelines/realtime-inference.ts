import { pipeline } from '@airlock-ml/sdk'
import { MODEL } from '../diagnosis.ts'
import { answerPatients } from '../steps/answer-patients.ts'
import { predictRequests } from '../steps/predict-requests.ts'

/** Answers patients one by one or many at a time, once it is deployed: `airlock deployment create`. */
export default pipeline({
  name: 'realtime-inference',
  serves: { model: MODEL, parameter: 'patient_data' },
  build: ({ requests, model }) => {
    const { predictions } = predictRequests({ inputs: { model: model.model, requests } })
    return answerPatients({ inputs: { predictions } })
  },
})
