import type { Approval, Claims, PlanResult, Promotion, PromotionState } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { gateLines } from '../output/gates.ts'
import type { Result } from '../output/result.ts'
import { fieldLines, metricsText } from '../output/show.ts'
import { approvalFaultText } from './approval-fault.ts'
import { differenceLines } from './difference.ts'

/** What the state of a promotion means for a command that waited for it. */
const exitCodeOf = {
  requested: exitCodes.pending,
  awaiting_approval: exitCodes.pending,
  approved: exitCodes.pending,
  completed: exitCodes.done,
  refused: exitCodes.refused,
  rejected: exitCodes.refused,
} as const satisfies Record<PromotionState, ExitCode>

type Shown = { context: Context; workspace: string }

/** What every command that ends with a promotion prints. */
export const promotionResult = (promotion: Promotion, { context, workspace }: Shown): Result => ({
  data: promotion,
  text: () => promotionText(promotion, { context, workspace }),
})

/** The same, with the exit code that says how far the promotion came. */
export const outcomeResult = (promotion: Promotion, shown: Shown): Result => ({
  ...promotionResult(promotion, shown),
  exitCode: exitCodeOf[promotion.state],
})

function promotionText(promotion: Promotion, { context, workspace }: Shown): string {
  const { source, version, refusal, plan } = promotion
  const fields = fieldLines(
    {
      id: promotion.id,
      state: stateText(promotion, context),
      model: `${promotion.model} to ${promotion.stage} of ${workspace}`,
      source: source && `${source.workspace} version ${source.number}`,
      bundle: promotion.bundle.uri,
      digest: promotion.bundle.digest,
      plan: promotion.planDigest,
      replaces: plan && (plan.currentHolder ? `version ${plan.currentHolder.number}` : 'nothing'),
      approvals: approvalsText(promotion, context.now()),
      requested: `${promotion.requestedAt} by ${promotion.requestedBy}`,
      job: promotion.requestedClaims && jobText(promotion.requestedClaims),
      version: version ? `${version.number} here` : undefined,
      refused: refusal ? `${refusal.message} (${refusal.code})` : undefined,
      do: refusal?.remedy,
    },
    context,
  )
  const next = nextStep(promotion, workspace)
  const { gates, difference } = promotion
  return [fields, gateLines(gates, context), differenceLines(difference), next]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Which job asked, by the claims of its token that tell people most. */
const jobText = (claims: Claims): string =>
  ['job_workflow_ref', 'repository_id', 'environment', 'run_id', 'actor', 'sub']
    .filter((name) => Object.hasOwn(claims, name))
    .map((name) => `${name} ${claims[name]}`)
    .join(', ')

function stateText({ state }: Promotion, { colours }: Context): string {
  const text = state.replaceAll('_', ' ')
  if (state === 'completed') return colours.green(text)
  return state === 'refused' || state === 'rejected' ? colours.red(text) : colours.yellow(text)
}

function approvalsText(promotion: Promotion, now: Date): string {
  const { approvals, approvalsRequired, approvalRoles, planDigest } = promotion
  const faults = approvals.map((each) => faultOf(each, planDigest, now))
  const counted = approvals.filter((each, i) => each.decision === 'approved' && faults[i] === '')
  const decisions = approvals.map(({ by, decision }, i) => `${by} ${decision}${faults[i]}`).join(', ')
  const given = decisions === '' ? '' : `: ${decisions}`
  return `${counted.length} of ${approvalsRequired} by ${approvalRoles.join(' or ') || 'nobody'}${given}`
}

/** Why a decision does not count, or nothing. */
function faultOf(given: Approval, current: string | null, now: Date): string {
  const { planDigest, decision, expiresAt } = given
  if (given.fault) return approvalFaultText(given)
  if (decision === 'rejected') return ''
  if (planDigest !== current) return ' an earlier plan'
  return expiresAt !== null && expiresAt <= now.toISOString() ? ', which has run out' : ''
}

/** The command that carries a promotion on, for whoever may. */
export function nextStep(promotion: Promotion, workspace: string): string {
  if (promotion.state === 'awaiting_approval')
    return `It awaits approval by another person than ${promotion.requestedByPerson}:
  airlock promotion approve ${promotion.id} --workspace ${workspace} --as APPROVER`
  if (promotion.state === 'requested' || promotion.state === 'approved')
    return `It goes on with:\n  airlock promotion wait ${promotion.id} --workspace ${workspace}`
  return ''
}

/** What `promote --plan` prints. */
export function planResult(result: PlanResult, { context, workspace }: Shown): Result {
  const { plan, approvals, verdict, gates } = result
  const lines = differenceLines(result.difference)
  const difference = lines === '' ? '' : `\n\n${lines}`
  return {
    data: result,
    text: () =>
      `${fieldLines(
        {
          verdict: verdict === 'passed' ? context.colours.green('passed') : context.colours.red('refused'),
          model: `${plan.model} to ${plan.stage} of ${workspace}`,
          source: `${result.source.workspace} version ${result.source.number}`,
          bundle: plan.bundleDigest,
          replaces: plan.currentHolder ? `version ${plan.currentHolder.number}` : 'nothing',
          metrics: `${metricsText(result.metrics)} (worked out here)`,
          policy: `version ${plan.policyVersion}, ${plan.policyDigest}`,
          approvals: approvals.required === 0 ? 'none' : whoApproves(approvals),
          plan: result.planDigest,
        },
        context,
      )}\n\n${gateLines(gates, context)}${difference}`,
    exitCode: verdict === 'passed' ? exitCodes.done : exitCodes.refused,
  }
}

const whoApproves = ({ required, roles, mayApprove }: PlanResult['approvals']): string =>
  `${required} of ${roles.join(' or ')}: ${mayApprove.join(', ') || 'nobody may yet'}`
