import { pipeline } from '@airlock-ml/sdk'
import { z } from 'zod'
import { countRows, makeRows, needFile } from '../steps.ts'

export default pipeline({
  name: 'fragile',
  params: z.object({ needs: z.string() }),
  build: ({ params }) => {
    const { test } = makeRows({ params: { rows: 20 } })
    const { count } = countRows({ inputs: { evaluation: test } })
    needFile({ inputs: { count }, params: { path: params.needs } })
  },
})
