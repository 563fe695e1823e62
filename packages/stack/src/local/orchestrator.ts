import { z } from 'zod'
import type { Flavor } from '../flavor.ts'

/** Settings of the local orchestrator. */
export const localOrchestratorConfig = z.strictObject({
  /** The most steps that run at the same time. Default: the processors of the machine that runs them. */
  concurrency: z.int().min(1).max(256).optional(),
})

/** Runs steps in the process of `airlock run`. */
export const localOrchestrator: Flavor = {
  config: localOrchestratorConfig,
  check: async ({ concurrency }) => ({
    outcome: 'ok',
    message: `steps run in the process of \`airlock run\`, ${concurrency === undefined ? 'as many as it has processors' : `at most ${concurrency}`} at a time`,
    remedy: null,
  }),
}
