import { digestOf } from '@airlock-ml/bundle'
import { PlatformError, type Policy, type PolicySpec } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { parseGate } from './gate.ts'
import { REQUESTER_GATE, requesterFlaws } from './requester.ts'
import { findPolicy, insertPolicy } from './store.ts'

/**
 * Puts a new version of a stage's policy in force; the same again changes nothing. What could not be asked later, or
 * would let everything in, is refused now.
 * @throws PlatformError `policy_invalid`
 */
export async function applyPolicy(
  tx: Tx,
  deps: Deps,
  { project, spec }: { project: string; spec: PolicySpec },
  by: RequestContext,
): Promise<Policy> {
  demandApplicable(spec)
  const digest = digestOf(spec)
  const before = await findPolicy(tx, { project, stage: spec.stage })
  if (before?.digest === digest) return before
  const policy: Policy = {
    project,
    name: spec.name,
    stage: spec.stage,
    version: (before?.version ?? 0) + 1,
    digest,
    spec,
    appliedBy: by.actor.name,
    appliedAt: deps.now().toISOString(),
  }
  await insertPolicy(tx, deps.newId(), policy)
  await record(tx, deps, {
    type: 'policy.applied',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'policy', id: `${spec.stage}/${policy.version}`, digest },
    ...(before && { before: { version: before.version, digest: before.digest } }),
    after: { version: policy.version, name: policy.name, gates: spec.gates.length, approvals: spec.approvals.required },
  })
  return policy
}

/**
 * What could not be asked later, or would let everything in.
 * @throws PlatformError `policy_invalid`, with every flaw
 */
export function demandApplicable(spec: PolicySpec): void {
  const flaws = flawsOf(spec)
  if (flaws.length > 0)
    throw new PlatformError(
      'policy_invalid',
      `The policy ${spec.name} has ${flaws.length} flaw(s): ${flaws.join('; ')}.`,
      { flaws },
    )
}

function flawsOf({ gates, requested_by }: PolicySpec): string[] {
  const flaws = gates.map(parseGate).flatMap(({ gate, flaw }) => (flaw ? [`${gate.name}: ${flaw}`] : []))
  const names = gates.map(({ name }) => name)
  const twice = names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name}: two gates have this name`)
  const kept = names.filter((name) => name === REQUESTER_GATE).map((name) => `${name}: the name is kept`)
  return [...flaws, ...twice, ...kept, ...requesterFlaws(requested_by)]
}
