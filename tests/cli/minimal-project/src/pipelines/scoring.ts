import { pipeline } from '@airlock-ml/sdk'
import { countRows } from '../steps.ts'

export default pipeline({
  name: 'scoring',
  uses: { model: 'breast_cancer_classifier' },
  build: ({ model }) => {
    countRows({ inputs: { evaluation: model.evaluation } })
  },
})
