import { z } from 'zod'
import { inDeployment } from './deployments.ts'
import { VersionNumber } from './models.ts'
import { Id, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

const MOST_FEATURES = 5_000
const MOST_LABELS = 1_000
const name = z.string().max(500)
const share = z.number().min(0).max(1)
const measure = z.number().nonnegative().nullable()
const bin = z.array(z.number()).max(60)

const NumberDrift = z
  .object({
    name,
    missing: share,
    missingBefore: share,
    outOfRange: share,
    outOfRangeByChance: share.nullable(),
    psi: measure,
    psiByChance: measure.describe('What the index reaches by chance with so many rows.'),
    ks: measure,
    ksByChance: measure,
    wasserstein: measure.describe('In the unit of the feature.'),
    shift: measure.describe('The same in standard deviations of the profile.'),
    mean: z.number().nullable(),
    meanBefore: z.number().nullable(),
    bins: z.object({ edges: bin, before: bin, now: bin }).describe('What `psi` is made of.'),
  })
  .meta({ id: 'NumberDrift', description: 'How one feature, or the probability of one class, differs from a profile.' })

/** How rows differ from the profile of the version that answered them, as `@airlock-ml/tabular` works it out. */
export const DriftSummary = z
  .object({
    rows: z.int().nonnegative(),
    referenceRows: z.int().nonnegative(),
    features: z.array(NumberDrift).max(MOST_FEATURES),
    probabilities: z.array(NumberDrift).max(MOST_LABELS),
    labels: z.object({
      psi: measure,
      psiByChance: measure,
      shares: z.array(z.object({ label: name, before: share, now: share })).max(MOST_LABELS),
    }),
  })
  .meta({ id: 'DriftSummary', description: 'How rows differ from the profile of the version that answered them.' })

const reported = {
  number: VersionNumber.describe('The version that answered.'),
  digest: Sha256,
  role: z.enum(['champion', 'canary', 'shadow']),
  processes: z.int().positive().describe('How many processes of the service its rows come from.'),
  startedAt: Timestamp,
  endedAt: Timestamp,
  refused: z.int().nonnegative().describe('Requests that the service refused meanwhile, as for a missing field.'),
  summary: DriftSummary,
}

/** A window as a service reports it. */
export const WindowReport = z.strictObject(reported)
export type WindowReport = z.output<typeof WindowReport>

export const DriftFinding = z
  .object({
    level: z.enum(['warn', 'breach']),
    measure: z.enum(['psi', 'ks', 'shift', 'missing', 'out_of_range']),
    subject: z.enum(['feature', 'probability', 'label']),
    name: name.describe('Of the feature or the class; empty for all labels together.'),
    value: z.number(),
    limit: z.number(),
  })
  .meta({ id: 'DriftFinding', description: 'A measure beyond its limit.' })
export type DriftFinding = z.output<typeof DriftFinding>

export const MonitoringWindow = z
  .object({
    id: Id,
    ...reported,
    level: z
      .enum(['too-few', 'ok', 'warn', 'breach'])
      .describe('By the limits of the deployment when it was reported.'),
    findings: z.array(DriftFinding),
    reportedAt: Timestamp,
  })
  .meta({ id: 'MonitoringWindow', description: 'Rows of a service, held together against the profile of training.' })
export type MonitoringWindow = z.output<typeof MonitoringWindow>

export const DriftBreach = z
  .object({
    id: Id,
    number: VersionNumber,
    digest: Sha256,
    ...DriftFinding.pick({ measure: true, subject: true, name: true, value: true, limit: true }).shape,
    windows: z.int().positive().describe('In how many windows it was found; `value` and `limit` are of the last.'),
    beganAt: Timestamp.describe('When the first of them began.'),
    seenUntil: Timestamp.describe('When the last of them ended.'),
    endedAt: Timestamp.nullable().describe('When the first window after it that is within the limit ended.'),
  })
  .meta({ id: 'DriftBreach', description: 'A measure that went beyond its limit, from then until it came back.' })
export type DriftBreach = z.output<typeof DriftBreach>

/** What a monitor shows. */
export const monitoringRoutes = {
  reportWindow: {
    method: 'PUT',
    path: '/projects/{project}/deployments/{deployment}/windows/{windowId}',
    summary: 'A service reports a window of rows; told again, it changes nothing. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment.extend({ windowId: Id }),
    body: WindowReport,
    telemetry: true,
    response: MonitoringWindow,
    errors: ['project_not_found', 'deployment_not_found', 'model_version_not_found'],
  },
  listWindows: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/windows',
    summary: 'List the windows of a deployment that are kept, latest first.',
    action: 'deployment:read',
    params: inDeployment,
    query: PageQuery,
    response: page(MonitoringWindow),
    errors: ['project_not_found', 'deployment_not_found'],
  },
  listBreaches: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/breaches',
    summary: 'List the breaches of a deployment, latest first.',
    action: 'deployment:read',
    params: inDeployment,
    query: PageQuery.extend({
      open: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
    }),
    response: page(DriftBreach),
    errors: ['project_not_found', 'deployment_not_found'],
  },
} as const satisfies Routes
