import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deps } from '../deps.ts'

/** Where a promotion's verified copy of its bundle lies: a private folder of this workspace. */
export const stagedBundleDir = ({ stagingDir }: Pick<Deps, 'stagingDir'>, promotionId: string): string =>
  join(stagingDir, `promotion-${promotionId}`)

export const removeStagedBundle = (deps: Pick<Deps, 'stagingDir'>, promotionId: string): Promise<void> =>
  rm(stagedBundleDir(deps, promotionId), { recursive: true, force: true })

/** What lies in the staging folder. `promotionId` is null for what a plan or something else left there. */
export async function listStaged({
  stagingDir,
}: Pick<Deps, 'stagingDir'>): Promise<{ name: string; promotionId: string | null }[]> {
  const names = await readdir(stagingDir).catch(() => [])
  return names.map((name) => ({
    name,
    promotionId: name.startsWith('promotion-') ? name.slice('promotion-'.length) : null,
  }))
}
