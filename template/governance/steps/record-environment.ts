import { availableParallelism, totalmem } from 'node:os'
import { json, step } from '@airlock-ml/sdk'
import { z } from 'zod'

const Environment = z.object({
  node: z.string(),
  platform: z.string(),
  processors: z.int(),
  memory_mib: z.int(),
  time_zone: z.string(),
})

/** Records what a run ran on. The packages it was written with stand in its snapshot. */
export const recordEnvironment = step({
  name: 'record_environment',
  outputs: { environment: json(Environment) },
  run: ({ context }) => {
    const environment = {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      processors: availableParallelism(),
      memory_mib: Math.round(totalmem() / 1024 ** 2),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    }
    context.logMetadata(environment)
    return { environment }
  },
})
