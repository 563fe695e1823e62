import { pipeline } from '@airlock-ml/sdk'
import { fail } from '../steps.ts'

export default pipeline({
  name: 'failing',
  build: () => {
    fail({})
  },
})
