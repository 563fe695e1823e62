import { z } from 'zod'
import { Held } from './changes.ts'
import { Grade } from './evidence.ts'
import { Claims } from './federation.ts'
import { PolicyMonitoring } from './monitoring-settings.ts'
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

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

const LocalTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'must be a local time as 2026-12-20T18:00')
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day as 16:30')
const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone as Europe/Zurich')
const freezeBase = { name: StepName, timezone: TimeZone, message: z.string().min(1).max(1_000) }

/** When nothing enters the stage: once, from a local time to another, or on some weekdays between two times of day. */
export const Freeze = z
  .union([
    z.strictObject({ ...freezeBase, from: LocalTime, to: LocalTime }),
    z.strictObject({
      ...freezeBase,
      weekdays: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
      between: z.tuple([ClockTime, ClockTime]).default(['00:00', '24:00']),
    }),
  ])
  .meta({ id: 'Freeze', description: 'When nothing enters the stage.' })
export type Freeze = z.infer<typeof Freeze>

/** A length of time: `90m`, `24h` or `7d`. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a length of time as 90m, 24h or 7d')
  .meta({ id: 'Duration', description: 'A length of time: 90m, 24h or 7d.' })

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
        expires_after: Duration.optional().describe('How long an approval holds. Default: as long as its plan.'),
      })
      .default({ required: 0, roles: ['approver'] }),
    freeze: z.array(Freeze).max(100).default([]),
    soak: Duration.optional().describe('How long a version must have held `staging` where it comes from.'),
    monitoring: PolicyMonitoring.optional(),
    requested_by: Claims.optional().describe(
      'Only a job whose token had these claims may ask for an entry. `iss` is GitHub Actions unless it says otherwise.',
    ),
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
    held: Held,
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
