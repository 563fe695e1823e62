import { z } from 'zod'
import { ModelName } from './names.ts'
import { GateVerdict, PolicySpec } from './policies.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { assessing } from './shared-errors.ts'

export const policyTestRoutes = {
  testPolicy: {
    method: 'POST',
    path: '/projects/{project}/policy-tests',
    summary:
      'Say what a policy, applied or not, would make of a version of this workspace or of a bundle. Changes nothing.',
    action: 'policy:read',
    params: inProject,
    body: z.object({
      spec: PolicySpec,
      model: ModelName,
      subject: z.union([
        z.strictObject({ number: z.int().positive() }),
        z.strictObject({ uri: z.string().min(1).max(2_000) }),
      ]),
    }),
    response: z.object({ verdict: z.enum(['passed', 'refused']), gates: z.array(GateVerdict) }),
    errors: ['project_not_found', 'policy_invalid', 'model_not_found', 'model_version_not_found', ...assessing],
  },
} as const satisfies Routes
