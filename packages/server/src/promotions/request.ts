import { bundlePrefixOf } from '@airlock-ml/bundle'
import { type HeldStage, PlatformError, type Promotion } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { requestersOf } from '../changes/requesters.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { lastImportInto } from '../models/change-store.ts'
import { findVersion } from '../models/version-store.ts'
import { demandRequester } from '../policies/requester.ts'
import { findPolicy } from '../policies/store.ts'
import { existingPromotion } from './existing.ts'
import { findOpen, insertPromotion } from './store.ts'

type Wanted = { project: string; model: string; stage: HeldStage; uri: string }

/**
 * Asks for a bundle to enter a stage. Nothing is verified yet: a worker does that. The same again answers with the open
 * promotion, or with the completed one when the bundle holds the stage, so that a command can be run again.
 * @throws PlatformError `exchange_uri_invalid`, `requester_not_allowed`
 */
export async function requestPromotion(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<Promotion> {
  const { project, model, stage, uri } = wanted
  const bundleDigest = digestIn(bundlePrefixOf(deps.exchange.uri, uri))
  const open = await findOpen(tx, { project, model, stage, bundleDigest })
  if (open) return existingPromotion(tx, project, open.id)
  const imported = await findVersion(tx, { project, model }, { bundleDigest })
  const completed = imported?.stage === stage && (await lastImportInto(tx, imported, stage))
  if (completed) return existingPromotion(tx, project, completed)
  demandRequester(await findPolicy(tx, { project, stage }), by.claims)
  const id = deps.newId()
  const requesters = await requestersOf(tx, by)
  await insertPromotion(tx, {
    id,
    project,
    model,
    stage,
    state: 'requested',
    bundle_uri: uri,
    bundle_digest: bundleDigest,
    candidate: null,
    source: null,
    plan: null,
    plan_digest: null,
    evidence: null,
    gates: toJson([]),
    difference: null,
    approvals_required: 0,
    approval_roles: toJson([]),
    version_id: null,
    version_number: null,
    run_id: null,
    refusal: null,
    requested_by: by.actor.name,
    requested_by_person: by.actor.person,
    requested_claims: by.claims ? toJson(by.claims) : null,
    requesters: toJson(requesters),
    requested_at: deps.now().toISOString(),
    ended_at: null,
    lease_token: null,
    lease_expires_at: null,
  })
  await record(tx, deps, {
    type: 'promotion.requested',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'promotion', id, digest: bundleDigest },
    after: { model, stage, bundle: uri, requesters, ...(by.claims && { claims: by.claims }) },
  })
  return existingPromotion(tx, project, id)
}

/** The digest a bundle's folder is named after; verification holds the manifest against it. */
function digestIn(prefix: string): string {
  const digest = /^bundles\/([0-9a-f]{64})\//.exec(prefix)?.[1]
  if (digest) return digest
  throw new PlatformError('exchange_uri_invalid', `${prefix} does not name a bundle by its digest.`)
}
