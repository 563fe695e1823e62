import { digestOf, keyHint, normalisePublicKey } from '@airlock-ml/bundle'
import type { Api, HeldOperation, Json, RoleBinding, RouteArgs } from '@airlock-ml/contract'
import type { z } from 'zod'
import { applyComparison } from '../comparisons/apply.ts'
import { findDefinition } from '../comparisons/definition-store.ts'
import { loosens as loosensComparison } from '../comparisons/loosens.ts'
import type { Tx } from '../db/db.ts'
import { admitDecisionKey } from '../decision-keys/register.ts'
import { decisionKeysOf } from '../decision-keys/store.ts'
import { existingDeployment } from '../deployments/existing.ts'
import { letsMore } from '../deployments/lets-more.ts'
import { mergedSettings, updateDeployment } from '../deployments/update.ts'
import type { Deps } from '../deps.ts'
import { createRule } from '../federation/rules.ts'
import { whyStuck } from '../four-eyes/why-stuck.ts'
import type { RequestContext } from '../http/request-context.ts'
import { setRoles } from '../identity/change.ts'
import { createServiceAccount, createUser } from '../identity/create.ts'
import { demandPerson } from '../identity/demand-person.ts'
import { findIdentity } from '../identity/store.ts'
import { driftHooksOf } from '../monitoring/hook-calls.ts'
import { applyPolicy } from '../policies/apply.ts'
import { loosens } from '../policies/loosens.ts'
import { findPolicy } from '../policies/store.ts'
import { addTrustedKey } from '../trust/change.ts'
import { findTrustedKey } from '../trust/store.ts'

/** Whoever asked, and who lets it happen: the same person where it needs no second one. */
export type People = { by: RequestContext; approver: RequestContext }

/** What an act would change. `basedOn` is all that its approver relies on besides what is asked for. */
export type Proposal = { subject: string; loosens: boolean; basedOn: Json; before: Json; after: Json }

/** An operation that four eyes hold back when it loosens something. */
export type HeldAct<K extends HeldOperation = HeldOperation> = {
  propose: (tx: Tx, args: RouteArgs<Api[K]>, by: RequestContext) => Promise<Proposal>
  /** Does it, in a transaction. */
  apply: (tx: Tx, deps: Deps, args: RouteArgs<Api[K]>, people: People) => Promise<z.output<Api[K]['response']>>
}

/** Every act that four eyes hold, by its operation. */
export const heldActs: { readonly [K in HeldOperation]: HeldAct<K> } = {
  applyPolicy: {
    propose: async (tx, { project, body: spec }) => {
      const policy = await findPolicy(tx, { project, stage: spec.stage })
      const basedOn = policy ? { version: policy.version, digest: policy.digest } : null
      const before = policy?.spec ?? null
      return { subject: `policy ${spec.stage}`, loosens: loosens(before, spec), basedOn, before, after: spec }
    },
    apply: (tx, deps, { project, body: spec }, { by }) => applyPolicy(tx, deps, { project, spec }, by),
  },
  applyComparison: {
    propose: async (tx, { project, body: spec }) => {
      const known = await findDefinition(tx, { project, name: spec.name })
      const basedOn = known ? { version: known.version, digest: known.digest } : null
      const before = known?.spec ?? null
      const subject = `comparison ${spec.name}`
      return { subject, loosens: loosensComparison(before, spec), basedOn, before, after: spec }
    },
    apply: (tx, deps, { project, body: spec }, { by }) => applyComparison(tx, deps, { project, spec }, by),
  },
  addTrustedKey: {
    propose: async (tx, { body: { workspace, publicKey, purposes } }) => {
      const hint = keyHint(normalisePublicKey(publicKey))
      const known = await findTrustedKey(tx, hint)
      const before = known ? { workspace: known.workspace, keyHint: hint, purposes: known.purposes } : null
      const wanted = [...new Set([...(known?.purposes ?? []), ...purposes])].sort()
      return {
        subject: `trusted key of ${workspace}`,
        loosens: true,
        basedOn: known ?? null,
        before,
        after: { workspace, keyHint: hint, purposes: wanted },
      }
    },
    apply: (tx, deps, { body }, { by }) => addTrustedKey(tx, deps, body, by),
  },
  createUser: {
    propose: async (_, { body: { name, roles } }) => created(`user ${name}`, { name, roles: sorted(roles) }),
    apply: (tx, deps, { body }, { by }) => createUser(tx, deps, body, by),
  },
  createServiceAccount: {
    propose: async (_, { body: { name, owner, roles } }) =>
      created(`service account ${name}`, { name, owner, roles: sorted(roles) }),
    apply: (tx, deps, { body }, { by }) => createServiceAccount(tx, deps, body, by),
  },
  setRoles: {
    propose: async (tx, { name, body: { roles } }) => {
      const identity = await findIdentity(tx, { name })
      const before = sorted(identity?.roles ?? [])
      return {
        subject: `roles of ${name}`,
        loosens: roles.some((role) => !isCovered(role, before)),
        basedOn: { id: identity?.id ?? null, roles: before, disabledAt: identity?.disabledAt ?? null },
        before: { roles: before },
        after: { roles: sorted(roles) },
      }
    },
    apply: async (tx, deps, { name, body: { roles } }, { by }) => ({
      ...(await setRoles(tx, deps, { name, roles }, by)),
      warning: await whyStuck(tx),
    }),
  },
  createFederationRule: {
    propose: async (tx, { body }) => {
      const account = await findIdentity(tx, { name: body.serviceAccount })
      const roles = sorted(account?.roles ?? [])
      return {
        subject: `federation rule for ${body.serviceAccount}`,
        loosens: true,
        basedOn: { id: account?.id ?? null, roles, disabledAt: account?.disabledAt ?? null },
        before: null,
        after: { ...body, roles },
      }
    },
    apply: (tx, deps, { body }, { by }) => createRule(tx, deps, body, by),
  },
  registerDecisionKey: {
    propose: async (tx, { body: { publicKey } }, { actor: { name: person } }) => {
      const fingerprint = keyHint(normalisePublicKey(publicKey))
      const known = await decisionKeysOf(tx, person)
      const inForce = known.find(({ revokedAt }) => revokedAt === null)
      return {
        subject: `decision key of ${person}`,
        loosens: inForce?.fingerprint !== fingerprint,
        basedOn: known,
        before: inForce ? { person, fingerprint: inForce.fingerprint } : null,
        after: { person, fingerprint },
      }
    },
    apply: async (tx, deps, { body }, { by, approver }) => {
      demandPerson(by, 'decision key')
      return admitDecisionKey(tx, deps, { ...body, person: by.actor.name }, approver)
    },
  },
  updateDeployment: {
    propose: async (tx, { project, deployment, body }) => {
      const { id, settings, snapshotId, rollout, challenger } = await existingDeployment(tx, { project, deployment })
      const before = { settings, snapshotId, rollout, challenger }
      const after = {
        settings: mergedSettings(settings, body.settings ?? {}),
        snapshotId: body.snapshotId ?? snapshotId,
        rollout: body.rollout === undefined ? rollout : body.rollout,
        challenger: body.challenger === undefined ? challenger : body.challenger,
      }
      return {
        subject: `deployment ${deployment}`,
        loosens: letsMore(before.settings, after.settings) || (await callsFewerHooks(tx, { project, before, after })),
        basedOn: { id, ...before },
        before,
        after,
      }
    },
    apply: (tx, deps, { body, ...path }, { by }) => updateDeployment(tx, deps, { ...path, ...body }, by),
  },
}

/** Whether a drift hook that a breach calls now would be called no more. */
async function callsFewerHooks(
  tx: Tx,
  { project, before, after }: Record<'before' | 'after', { snapshotId: string }> & { project: string },
): Promise<boolean> {
  if (before.snapshotId === after.snapshotId) return false
  const [now, then] = [
    await driftHooksOf(tx, project, before.snapshotId),
    await driftHooksOf(tx, project, after.snapshotId),
  ]
  return now.hooks.some((hook) => !then.hooks.includes(hook))
}

/** An identity that was not there gives something away only by its roles. */
const created = (subject: string, after: { name: string; roles: RoleBinding[]; owner?: string }): Proposal => ({
  subject,
  loosens: after.roles.length > 0,
  basedOn: null,
  before: null,
  after,
})

const isCovered = ({ project, role }: RoleBinding, before: readonly RoleBinding[]): boolean =>
  before.some((each) => each.role === role && (each.project === '*' || each.project === project))

const sorted = (roles: readonly RoleBinding[]): RoleBinding[] =>
  [...roles].sort((a, b) => (`${a.project} ${a.role}` < `${b.project} ${b.role}` ? -1 : 1))

/** The digest of what a proposal is based on. */
export const baseOf = ({ basedOn }: Proposal): string => digestOf(basedOn)
