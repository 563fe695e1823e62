import type { Deployment, DeploymentWithTakenOut } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { relativeTime } from '../output/time.ts'
import { whoAnswers } from './who-answers.ts'

/** The result of whatever shows one deployment. */
export function shownDeployment(deployment: Deployment | DeploymentWithTakenOut, context: Context): Result {
  const { report, settings } = deployment
  const takenOut = 'takenOut' in deployment ? deployment.takenOut : null
  const at = (timestamp: string | null) => timestamp && relativeTime(timestamp, context.now())
  return shown(
    deployment,
    {
      name: deployment.name,
      id: deployment.id,
      state: stateText(deployment, context),
      url: report?.url,
      serves: `${deployment.pipeline} with ${deployment.model}, who holds ${deployment.stage}`,
      ...whoAnswers(deployment, context.now()),
      'taken out': takenOut ? takenOutText(takenOut, context.now()) : undefined,
      flavor: deployment.flavor,
      snapshot: deployment.snapshotId,
      'signs in as': deployment.serviceAccount,
      'on recall': settings.onRecall,
      'needs a key': settings.requiresKey ? 'yes' : 'no',
      limits: fieldsText(settings.limits),
      log: fieldsText(settings.log),
      monitoring: fieldsText(settings.monitoring),
      requests: report ? fieldsText(report.counts) : undefined,
      shadow: report?.shadow ? fieldsText(report.shadow) : undefined,
      'last swap': report?.lastSwap
        ? `${report.lastSwap.from ?? 'nobody'} → ${report.lastSwap.to ?? 'nobody'}, ${at(report.lastSwap.swappedAt)}`
        : undefined,
      reported: at(deployment.reportedAt),
      created: `${at(deployment.createdAt)} by ${deployment.createdBy}`,
      deleted: at(deployment.deletedAt) ?? undefined,
    },
    { context },
  )
}

/** The state in its colour, with why it is so. */
export function stateText({ state, report }: Deployment, { colours }: Context): string {
  if (state === 'serving') return colours.green(state)
  if (state !== 'at-fault') return colours.yellow(state)
  return `${colours.red(state)}${report?.fault ? `: ${report.fault}` : ''}`
}

type TakenOut = NonNullable<DeploymentWithTakenOut['takenOut']>

const takenOutText = ({ number, at, by, reason }: TakenOut, now: Date): string =>
  `${number} ${relativeTime(at, now)} by ${by}${reason === null ? '' : `: ${reason}`}`

const fieldsText = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ')

/** `0.1/0.2` of limits, from which on there is a warning and a breach. */
const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.values(value).join('/') : String(value ?? '-')
