import { pipeline } from '@airlock-ml/sdk'
import { waitForCancel } from '../steps.ts'

export default pipeline({
  name: 'waiting',
  build: () => {
    waitForCancel({})
  },
})
