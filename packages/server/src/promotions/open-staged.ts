import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { bundlePrefixOf, fetchBundle } from '@airlock-ml/bundle'
import { MANIFEST_FILE, Manifest, type Promotion, SIGNATURE_FILE } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { keysNotRemoved } from '../trust/store.ts'
import { stagedBundleDir } from './staged-bundle.ts'

/** A bundle whose bytes lie in this workspace's private folder, verified. */
export type StagedBundle = { manifest: Manifest; dir: string }

/** Where a file of it lies. */
export const stagedFile = ({ dir }: StagedBundle, path: string): string => join(dir, path)

/**
 * The copy that was verified, while it is whole; a crash in the middle of an import may have taken parts of it on
 * already, and then the bundle is fetched and verified again. Its digest is in the plan, so it cannot be another.
 */
export async function openStaged(deps: Deps, promotion: Promotion): Promise<StagedBundle> {
  const dir = stagedBundleDir(deps, promotion.id)
  const whole = await readWholeCopy(dir, promotion.bundle.digest)
  if (whole) return whole
  const prefix = bundlePrefixOf(deps.exchange.uri, promotion.bundle.uri)
  const trustedKeys = await keysNotRemoved(deps.db, 'bundles')
  const { manifest } = await fetchBundle({ exchange: deps.exchange, prefix, stagingDir: dir, trustedKeys })
  return { manifest, dir }
}

async function readWholeCopy(dir: string, digest: string): Promise<StagedBundle | null> {
  const bytes = await readFile(join(dir, MANIFEST_FILE)).catch(() => null)
  if (!bytes || sha256Hex(bytes) !== digest) return null
  const manifest = Manifest.parse(JSON.parse(bytes.toString()))
  for (const { path, sizeBytes } of manifest.files) if ((await sizeOf(join(dir, path))) !== sizeBytes) return null
  return (await sizeOf(join(dir, SIGNATURE_FILE))) === null ? null : { manifest, dir }
}

const sizeOf = (file: string): Promise<number | null> =>
  stat(file).then(
    ({ size }) => size,
    () => null,
  )
