import { type Deployment, type SetChallenger, type SetRollout, shareAt } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { relativeTime } from '../output/time.ts'

/** The result of whatever shows one deployment. */
export function shownDeployment(deployment: Deployment, context: Context): Result {
  const { report, settings, challenger, rollout } = deployment
  const at = (timestamp: string | null) => timestamp && relativeTime(timestamp, context.now())
  return shown(
    deployment,
    {
      name: deployment.name,
      id: deployment.id,
      state: stateText(deployment, context),
      url: report?.url,
      answers: report && (report.number === null ? 'nobody' : `${deployment.model} ${report.number}`),
      serves: `${deployment.pipeline} with ${deployment.model}, who holds ${deployment.stage}`,
      rollout: rollout ? rolloutText(rollout) : undefined,
      challenger: challenger ? challengerText(challenger, context.now()) : undefined,
      flavor: deployment.flavor,
      snapshot: deployment.snapshotId,
      'signs in as': deployment.serviceAccount,
      'on recall': settings.onRecall,
      'needs a key': settings.requiresKey ? 'yes' : 'no',
      limits: fieldsText(settings.limits),
      log: fieldsText(settings.log),
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

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

function rolloutText({ share, steps, heldBack }: SetRollout): string {
  const ladder = [percent(share), ...steps.map((step) => `${percent(step.share)} after ${step.minutes} min`)].join(', ')
  return heldBack ? `${ladder}\n${heldBack.number} was held back by ${heldBack.by}: ${heldBack.reason}` : ladder
}

function challengerText(challenger: SetChallenger, now: Date): string {
  const { number, mode, comparison } = challenger
  const { share, nextAt } = shareAt(challenger, now)
  const part = mode === 'canary' ? ` of ${percent(share)}` : ''
  const next = nextAt ? `, more ${relativeTime(nextAt.toISOString(), now)}` : ''
  return `${number} as ${mode}${part}${next}${comparison ? `, judged by ${comparison}` : ''}`
}

const fieldsText = (fields: Record<string, unknown>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${value ?? '-'}`)
    .join(', ')
