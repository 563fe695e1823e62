import { digestOf } from '@airlock-ml/bundle'
import type { Approval, AuditEvent, Finding, Promotion } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { promotionsOfChanges } from '../models/change-store.ts'
import { findPromotion } from '../promotions/store.ts'
import { eventsAboutPromotions, promotionsWithEvents } from './store.ts'

type Part = { findings: Finding[]; checked: Record<string, number> }

/**
 * Checks every promotion against the versions, and who asked for it, what its plan asks for and who decided on it
 * against the audit log: each decision must be signed by its person's key, and be the one that its event records.
 */
export async function checkPromotions({ db }: Deps): Promise<Part> {
  const promotions = await promotionsWithEvents(db)
  const imported = await promotionsOfChanges(db)
  const events = Map.groupBy(await eventsAboutPromotions(db), ({ subject }) => subject.id)
  const findings: Finding[] = []
  let approvals = 0
  for (const { id, project, state, completions, version_number: number } of promotions) {
    const wrong = (detail: string) => findings.push({ kind: 'promotion_inconsistent', subject: id, detail })
    const isDone = state === 'completed'
    if (isDone !== (Number(completions) === 1)) wrong(`It is ${state} and has ${completions} events of its completion.`)
    if (isDone !== imported.has(id))
      wrong(`It is ${state} and ${imported.has(id) ? 'gave a version its stage' : 'gave no version a stage'}.`)
    if (isDone !== (number !== null)) wrong(`It is ${state} and names version ${number}.`)
    const promotion = await existing(db, project, id)
    const about = events.get(id) ?? []
    for (const detail of [...requestFaults(promotion, about), ...planFaults(promotion, about)]) wrong(detail)
    for (const detail of approvalFaults(promotion, about))
      findings.push({ kind: 'approval_inconsistent', subject: id, detail })
    approvals += promotion.approvals.length
  }
  return { findings, checked: { promotions: promotions.length, approvals } }
}

const existing = async (db: Db, project: string, id: string): Promise<Promotion> =>
  (await findPromotion(db, project, id))!

/** Where the row says something else of who asked, and for what, than the event of the request. */
function requestFaults(promotion: Promotion, events: readonly AuditEvent[]): string[] {
  const asked = events.filter(({ type }) => type === 'promotion.requested')
  const [event] = asked
  if (!event || asked.length > 1) return [`It has ${asked.length} events of its request.`]
  const { requesters, model, stage, bundle, claims } = event.after as Record<string, unknown>
  const { bundle: ref, requestedClaims } = promotion
  return differences(
    [
      ['requested_by', promotion.requestedBy, event.actor.name],
      ['requested_by_person', promotion.requestedByPerson, event.actor.person],
      // Events of before it was recorded do not say.
      ['requesters', promotion.requesters, requesters ?? promotion.requesters],
      ['requested_claims', requestedClaims, claims ?? null],
      ['project', promotion.project, event.project],
      ['model', promotion.model, model],
      ['stage', promotion.stage, stage],
      ['bundle_uri', ref.uri, bundle],
      ['bundle_digest', ref.digest, event.subject.digest],
    ],
    'event of its request',
  )
}

/** Where the row says something else of the plan than the last event of its verification. */
function planFaults({ planDigest, ...promotion }: Promotion, events: readonly AuditEvent[]): string[] {
  if (planDigest === null) return []
  const event = events.findLast(({ type }) => type === 'promotion.verified')
  if (!event) return ['It has a plan and no event of its verification.']
  const { approvalsRequired, approvalRoles } = event.after as Record<string, unknown>
  return differences(
    [
      ['plan_digest', planDigest, event.subject.digest],
      ['plan', promotion.plan && digestOf(promotion.plan), event.subject.digest],
      ['approvals_required', promotion.approvalsRequired, approvalsRequired],
      ['approval_roles', promotion.approvalRoles, approvalRoles ?? promotion.approvalRoles],
    ],
    'event of its verification',
  )
}

/** Decisions without their event or unlike it, that their key did not sign, twice there, or no longer there. */
function approvalFaults({ approvals }: Promotion, events: readonly AuditEvent[]): string[] {
  const decided = new Map(
    events
      .filter(({ type }) => type === 'promotion.approved' || type === 'promotion.rejected')
      .map((event) => [(event.after as { signature?: string }).signature, event]),
  )
  const seen = new Set<string>()
  const faults: string[] = []
  for (const approval of approvals) {
    const what = `The decision “${approval.decision}” of ${approval.by} at ${approval.at}`
    if (approval.fault === 'signature_invalid')
      faults.push(`${what} is not signed by a decision key of ${approval.person}; it does not count.`)
    const event = decided.get(approval.signature)
    if (!event) faults.push(`${what} is in no event of the log.`)
    else if (seen.has(approval.signature)) faults.push(`${what} is there twice.`)
    else faults.push(...decisionDifferences(approval, event).map((fault) => `${what}: ${fault}`))
    seen.add(approval.signature)
  }
  for (const [signature, { actor, type, sequence }] of decided)
    if (!seen.has(signature ?? ''))
      faults.push(`The decision of ${actor.name} that event ${sequence} (${type}) records is not there.`)
  return faults
}

const decisionDifferences = (approval: Approval, event: AuditEvent): string[] => {
  const { keyFingerprint, expiresAt } = event.after as Record<string, unknown>
  return differences(
    [
      ['decision', `promotion.${approval.decision}`, event.type],
      ['by_name', approval.by, event.actor.name],
      ['person', approval.person, event.actor.person],
      ['plan_digest', approval.planDigest, event.subject.digest],
      ['reason', approval.reason, event.reason],
      ['key_fingerprint', approval.keyFingerprint, keyFingerprint],
      ['expires_at', approval.expiresAt, expiresAt === undefined ? approval.expiresAt : expiresAt],
    ],
    `event ${event.sequence}`,
  )
}

function differences(columns: readonly [name: string, kept: unknown, recorded: unknown][], where: string): string[] {
  return columns
    .filter(([, kept, recorded]) => digestOf({ value: kept ?? null }) !== digestOf({ value: recorded ?? null }))
    .map(
      ([name, kept, recorded]) =>
        `Its ${name} is ${JSON.stringify(kept)}; by the ${where} it is ${JSON.stringify(recorded ?? null)}.`,
    )
}
