import { type Deployment, type Guards, type SetChallenger, type SetRollout, shareAt } from '@airlock-ml/contract'
import type { Fields } from '../output/show.ts'
import { relativeTime } from '../output/time.ts'

type Shown = Pick<Deployment, 'model' | 'report' | 'reportedAt' | 'rollout' | 'challenger'>

/** Who answers by the last report of the service, and who is to answer beside. */
export const whoAnswers = (deployment: Shown, now: Date): Fields => ({
  answers: answersText(deployment),
  rollout: deployment.rollout ? rolloutText(deployment.rollout, now) : undefined,
  challenger: deployment.challenger ? challengerText(deployment, deployment.challenger, now) : undefined,
})

function answersText({ model, report }: Shown): string | null {
  if (!report) return null
  if (report.number === null) return 'nobody'
  return `${model} ${report.number}${report.challengerNumber === null ? '' : `, and ${report.challengerNumber} beside it`}`
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

function rolloutText({ share, steps, guards, heldBack }: SetRollout, now: Date): string {
  const ladder = [percent(share), ...steps.map((step) => `${percent(step.share)} after ${step.minutes} min`)].join(', ')
  const lines = [ladder, guardsText(guards, 'canary')]
  if (heldBack) {
    const { number, at, by, reason } = heldBack
    lines.push(`${number} was held back ${relativeTime(at, now)} by ${by}: ${reason}`)
  }
  return lines.join('\n')
}

function challengerText({ report, reportedAt }: Shown, challenger: SetChallenger, now: Date): string {
  const { number, mode, comparison, guards, since } = challenger
  const { share, nextAt } = shareAt(challenger, now)
  const part = mode === 'canary' ? ` of ${percent(share)}` : ''
  const next = nextAt ? `, more ${relativeTime(nextAt.toISOString(), now)}` : ''
  // It is barred, holds the stage itself, or waits for a rollout; a report of before it was set says nothing.
  const isLeftOut = report && report.challengerNumber !== number && reportedAt !== null && reportedAt > since
  return [
    `${number} as ${mode}${part}${next}${comparison ? `, judged by ${comparison}` : ''}`,
    ...(isLeftOut ? ['its service does not ask it now'] : []),
    guardsText(guards, mode),
  ].join('\n')
}

/** `guards errorRate 0.05, p99Ratio 3, worse; over 300 s, some from 500 rows on`. */
function guardsText({ windowSeconds, minRows, ...guards }: Guards, mode: SetChallenger['mode']): string {
  const inForce = Object.entries(guards).flatMap(([name, limit]) => {
    if (limit === null || limit === false || (mode === 'shadow' && name === 'p99Ratio')) return []
    return [limit === true ? name : `${name} ${limit}`]
  })
  if (inForce.length === 0) return 'no guards'
  return `guards ${inForce.join(', ')}; of the last ${windowSeconds} s, some from ${minRows} rows of each side on`
}
