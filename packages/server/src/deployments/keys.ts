import { createHash, randomBytes } from 'node:crypto'
import { type DeploymentKey, MAX_DEPLOYMENT_KEYS, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { type DeploymentPath, existingDeployment } from './existing.ts'
import { findKey, insertKey, liveKeys, revokeKeys } from './key-store.ts'

/** 256 random bits behind a prefix by which scanners for secrets find a key that was committed. */
const newKey = () => `ald_${randomBytes(32).toString('base64url')}`

/**
 * Makes a key for an application; it leaves the server in this answer and never again.
 * @throws PlatformError `deployment_not_found`, `deployment_key_exists`, `deployment_keys_full`, `request_invalid`
 */
export const createDeploymentKey = (
  deps: Deps,
  wanted: DeploymentPath & { name: string; expiresAt: string | null },
  by: RequestContext,
): Promise<{ key: DeploymentKey; secret: string }> =>
  transact(deps.db, async (tx) => {
    const { name, expiresAt } = wanted
    const wish = await existingDeployment(tx, wanted)
    const createdAt = deps.now().toISOString()
    if (expiresAt !== null && expiresAt <= createdAt)
      throw new PlatformError('request_invalid', `The key would have ended already, at ${expiresAt}.`)
    const live = await liveKeys(tx, wish.id)
    if (live.some((key) => key.name === name))
      throw new PlatformError('deployment_key_exists', `The deployment ${wish.name} has a key ${name} already.`)
    if (live.length >= MAX_DEPLOYMENT_KEYS)
      throw new PlatformError('deployment_keys_full', `The deployment ${wish.name} has ${live.length} keys.`)
    const secret = newKey()
    const key = { id: deps.newId(), name, createdBy: by.actor.name, createdAt, expiresAt, revokedAt: null }
    await insertKey(tx, wish.id, { ...key, sha256: createHash('sha256').update(secret).digest('hex') })
    await record(tx, deps, {
      type: 'deployment.key-created',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      after: { keyId: key.id, name, expiresAt },
    })
    return { key, secret }
  })

/**
 * Ends a key for good; a service hears of it as of every change of its target.
 * @throws PlatformError `deployment_not_found`, `deployment_key_not_found`
 */
export const revokeDeploymentKey = (
  deps: Deps,
  wanted: DeploymentPath & { keyId: string },
  by: RequestContext,
): Promise<DeploymentKey> =>
  transact(deps.db, async (tx) => {
    const wish = await existingDeployment(tx, wanted)
    const key = await findKey(tx, wish.id, wanted.keyId)
    if (!key)
      throw new PlatformError('deployment_key_not_found', `The deployment ${wish.name} has no key ${wanted.keyId}.`)
    if (key.revokedAt !== null) return key
    const revokedAt = deps.now().toISOString()
    await revokeKeys(tx, wish.id, revokedAt, key.id)
    await record(tx, deps, {
      type: 'deployment.key-revoked',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      after: { keyId: key.id, name: key.name },
    })
    return { ...key, revokedAt }
  })
