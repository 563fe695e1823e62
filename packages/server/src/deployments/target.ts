import { hkdfSync } from 'node:crypto'
import { digestOf } from '@airlock-ml/bundle'
import type { DeploymentTarget } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { heldToPolicy } from '../policies/drift-limits.ts'
import { liveKeys } from './key-store.ts'
import { lineUpOf } from './line-up.ts'
import type { DeploymentWish } from './store.ts'

/** What the service of a deployment has to do now. */
export const targetOf = async (
  db: Db,
  deps: Pick<Deps, 'pepper' | 'now'>,
  wish: DeploymentWish,
): Promise<DeploymentTarget> => (await targetUntil(db, deps, wish)).target

/** The same, with when it becomes another one by itself; null when it does not. */
export async function targetUntil(
  db: Db,
  { pepper, now }: Pick<Deps, 'pepper' | 'now'>,
  wish: DeploymentWish,
): Promise<{ target: DeploymentTarget; stepAt: Date | null }> {
  const { stepAt, ...lineUp } = await lineUpOf(db, wish, now())
  const keys = await liveKeys(db, wish.id)
  const target: Omit<DeploymentTarget, 'revision'> = {
    deploymentId: wish.id,
    name: wish.name,
    project: wish.project,
    pipeline: wish.pipeline,
    snapshotId: wish.snapshotId,
    settings: { ...wish.settings, monitoring: await heldToPolicy(db, wish, wish.settings.monitoring) },
    ...lineUp,
    keys: keys.map(({ id, name, sha256, expires_at }) => ({ id, name, sha256, expiresAt: expires_at })),
    inputsKey: inputsKeyOf(pepper, wish.id),
  }
  return { target: { revision: digestOf(target), ...target }, stepAt }
}

/** Derived from the workspace's secret, so that who reads the database alone cannot try inputs against their hashes. */
export const inputsKeyOf = (pepper: Uint8Array, deploymentId: string): string =>
  Buffer.from(hkdfSync('sha256', pepper, deploymentId, 'airlock deployment inputs', 32)).toString('base64')
