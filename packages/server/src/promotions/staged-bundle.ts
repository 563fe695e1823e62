import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deps } from '../deps.ts'

/** Where a promotion's verified copy of its bundle lies: a private folder of this workspace. */
export const stagedBundleDir = ({ stagingDir }: Pick<Deps, 'stagingDir'>, promotionId: string): string =>
  join(stagingDir, `promotion-${promotionId}`)

export const removeStagedBundle = (deps: Pick<Deps, 'stagingDir'>, promotionId: string): Promise<void> =>
  rm(stagedBundleDir(deps, promotionId), { recursive: true, force: true })

/** The promotions that have a staged copy. */
export async function listStagedBundles({ stagingDir }: Pick<Deps, 'stagingDir'>): Promise<string[]> {
  const names = await readdir(stagingDir).catch(() => [])
  return names.filter((name) => name.startsWith('promotion-')).map((name) => name.slice('promotion-'.length))
}
