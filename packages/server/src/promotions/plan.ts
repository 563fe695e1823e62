import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '@airlock-ml/bundle'
import { type HeldStage, type Manifest, type Plan, type PlanResult, PlatformError } from '@airlock-ml/contract'
import { requestersOf } from '../changes/requesters.ts'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findVersion, latestSourceNumber } from '../models/version-store.ts'
import { type Admission, admit } from '../policies/admit.ts'
import { assess } from './assess.ts'
import { bundledCandidate } from './bundled-candidate.ts'
import { differenceOf } from './difference.ts'
import { mayApprove } from './may-approve.ts'

type Wanted = { project: string; model: string; stage: HeldStage; uri: string }

/**
 * What the workspace would do with a bundle now, without asking for it: the bundle is verified whole, its gates are
 * asked, nothing is kept.
 * @throws PlatformError those of `assess`, `bundle_replayed`, `already_in_stage`, `policy_missing`
 */
export async function planPromotion(deps: Deps, wanted: Wanted, by: RequestContext): Promise<PlanResult> {
  const stagingDir = join(deps.stagingDir, `plan-${randomUUID()}`)
  try {
    const assessed = await assess(deps, { ...wanted, stagingDir })
    const { bundle, evidence, metrics } = assessed
    const candidate = bundledCandidate(wanted, assessed)
    const entry = { ...wanted, evidence, candidate, act: 'enter' as const, requester: by.claims }
    const admission = await admit(deps.db, deps, entry)
    await refuseReplay(deps.db, wanted, bundle)
    const plan = await planOf(deps.db, wanted, { bundleDigest: bundle.digest, admission })
    const { workspace, number } = bundle.manifest.source
    const { required, roles } = admission.policy.spec.approvals
    return {
      plan,
      planDigest: digestOf(plan),
      verdict: admission.passed ? 'passed' : 'refused',
      gates: admission.gates,
      approvals: {
        required,
        roles,
        mayApprove: await mayApprove(deps.db, {
          project: wanted.project,
          roles,
          requesters: await requestersOf(deps.db, by),
        }),
      },
      difference: await differenceOf(deps.db, wanted, { manifest: bundle.manifest, metrics, evidence }),
      source: { workspace, number },
      metrics,
    }
  } finally {
    await rm(stagingDir, { recursive: true, force: true })
  }
}

/** Exactly what would be done. Approvals are given to its digest; a change in any part makes another plan. */
export async function planOf(
  db: Db,
  { project, model, stage }: Omit<Wanted, 'uri'>,
  { bundleDigest, admission: { policy } }: { bundleDigest: string; admission: Admission },
): Promise<Plan> {
  const holder = await findVersion(db, { project, model }, { stage })
  return {
    model,
    stage,
    bundleDigest,
    policyVersion: policy.version,
    policyDigest: policy.digest,
    currentHolder: holder ? { number: holder.number, digest: holder.digest } : null,
  }
}

/**
 * An old bundle is no way back: that is a rollback's, which is recorded as one. The newest that came in may go on from
 * the stage it holds into another one, as a version does that was tried beside who answers.
 * @throws PlatformError `already_in_stage`, `bundle_replayed`
 */
export async function refuseReplay(
  db: Db,
  { project, model, stage }: Omit<Wanted, 'uri'>,
  { digest, manifest }: { digest: string; manifest: Pick<Manifest, 'source'> },
): Promise<void> {
  const imported = await findVersion(db, { project, model }, { bundleDigest: digest })
  if (imported?.stage === stage)
    throw new PlatformError('already_in_stage', `${model} ${imported.number} is this bundle and holds ${stage}.`)
  if (imported?.stage === 'archived')
    throw new PlatformError(
      'bundle_replayed',
      `This bundle was imported before, as ${model} ${imported.number}, which is archived now.`,
      { number: imported.number },
    )
  const { workspace, number } = manifest.source
  const latest = await latestSourceNumber(db, { project, model }, workspace)
  if (number > latest || (number === latest && imported)) return
  const before =
    number === latest
      ? 'It came in before, in another bundle: where it may go on into this stage, it is with that one.'
      : `Version ${latest} was imported before.`
  throw new PlatformError('bundle_replayed', `It is version ${number} of ${workspace}. ${before}`, { number, latest })
}
