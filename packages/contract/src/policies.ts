import { z } from 'zod'
import { Grade } from './evidence.ts'
import { Json, KebabName, Sha256, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import { Role } from './rights.ts'
import type { Routes } from './route.ts'
import { HeldStage } from './stages.ts'

/** One condition for entering a stage. It fails when it is false, when it errors, and when its evidence is missing or of a lesser grade. */
export const Gate = z
  .strictObject({
    name: StepName,
    expression: z.string().min(1).max(2_000).describe('CEL over the evidence: `metrics.accuracy >= 0.95`.'),
    grade: Grade.default('asserted').describe('The least grade of the evidence it reads.'),
    message: z.string().min(1).max(1_000).describe('What it means when it fails.'),
    remedy: z.string().min(1).max(1_000).describe('What to do then.'),
  })
  .meta({ id: 'Gate', description: 'One condition for entering a stage.' })
export type Gate = z.infer<typeof Gate>

/** What guards a stage of every model of a project. */
export const PolicySpec = z
  .strictObject({
    name: KebabName,
    stage: HeldStage,
    gates: z.array(Gate).min(1, 'a policy without gates lets everything in').max(100),
    approvals: z
      .strictObject({
        required: z
          .int()
          .min(0)
          .max(10)
          .describe('How many different people must approve an import; never the requester.'),
        roles: z.array(Role).min(1).default(['approver']).describe('Who may: anyone with one of these roles.'),
      })
      .default({ required: 0, roles: ['approver'] }),
  })
  .meta({ id: 'PolicySpec', description: 'What guards a stage.' })
export type PolicySpec = z.infer<typeof PolicySpec>

/** A version of a policy. Versions are kept for ever; the highest one of a stage is in force. */
export const Policy = z
  .object({
    project: KebabName,
    name: KebabName,
    stage: HeldStage,
    version: z.int().positive(),
    digest: Sha256,
    spec: PolicySpec,
    appliedBy: z.string(),
    appliedAt: Timestamp,
  })
  .meta({ id: 'Policy', description: 'A version of a policy.' })
export type Policy = z.infer<typeof Policy>

/** What a gate said, and the values it saw. */
export const GateVerdict = z
  .object({
    name: StepName,
    verdict: z.enum(['passed', 'failed']),
    expression: z.string(),
    grade: Grade.describe('The least grade it takes.'),
    values: z.record(z.string(), Json).describe('The evidence it read, by path.'),
    message: z.string().nullable().describe('Why it failed.'),
    remedy: z.string().nullable(),
  })
  .meta({ id: 'GateVerdict', description: 'What a gate said.' })
export type GateVerdict = z.infer<typeof GateVerdict>

export const policyRoutes = {
  applyPolicy: {
    method: 'POST',
    path: '/projects/{project}/policies',
    summary: 'Put a new version of a stage’s policy in force. The same policy again changes nothing.',
    action: 'policy:write',
    params: inProject,
    body: PolicySpec,
    response: Policy,
    status: 201,
    creates: true,
    errors: ['project_not_found', 'policy_invalid'],
  },
  listPolicies: {
    method: 'GET',
    path: '/projects/{project}/policies',
    summary: 'List versions of policies, newest first.',
    action: 'policy:read',
    params: inProject,
    query: PageQuery.extend({ stage: HeldStage.optional() }),
    response: page(Policy),
    errors: ['project_not_found'],
  },
  showPolicy: {
    method: 'GET',
    path: '/projects/{project}/policies/{stage}',
    summary: 'Show the policy in force for a stage, or one of its versions.',
    action: 'policy:read',
    params: inProject.extend({ stage: HeldStage }),
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    response: Policy,
    errors: ['project_not_found', 'policy_not_found'],
  },
} as const satisfies Routes
