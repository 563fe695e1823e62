import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { canonicalJson, fileSigner, type Signer, signStatement } from '@airlock-ml/bundle'
import type { Manifest } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { dev } from './faulty-project.ts'

/** What an attacker does with an exported bundle. Each works on a copy of its own and returns the copy's address. */
export type Attack = (at: { dir: string; bundle: string; attempt: number }) => Promise<string>

/** Changes a copy beside the bundle, under the same digest and the signature that was made for it. */
export const spoiled =
  (spoil: (folder: string) => Promise<void>): Attack =>
  async ({ bundle, attempt }) => {
    const copy = join(dirname(fileURLToPath(bundle)), `attempt-${attempt}`)
    await cp(fileURLToPath(bundle), copy, { recursive: true })
    await spoil(copy)
    return pathToFileURL(copy).href
  }

export const onFile =
  (path: string, change: (bytes: Buffer) => Buffer) =>
  async (folder: string): Promise<void> =>
    writeFile(join(folder, path), change(await readFile(join(folder, path))))

export const flipped = (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes)
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1
  return changed
}

type Forgery = {
  manifest?: (manifest: Manifest) => object
  /** Default: the key of the source itself, as if whoever holds it lied. */
  signer?: Signer
}

/** Writes another manifest and signs it anew: everything fits but what it says. */
export const forged =
  ({ manifest: change = (manifest) => manifest, signer }: Forgery): Attack =>
  async ({ dir, bundle, attempt }) => {
    const original = fileURLToPath(bundle)
    const manifest = change(JSON.parse(await readFile(join(original, 'manifest.json'), 'utf8')) as Manifest) as Manifest
    const bytes = canonicalJson(manifest)
    const copy = join(original, '../..', sha256Hex(bytes), `attempt-${attempt}`)
    await mkdir(dirname(copy), { recursive: true })
    await cp(original, copy, { recursive: true })
    await rm(join(copy, 'model.sig'))
    await writeFile(join(copy, 'manifest.json'), bytes)
    const files = [...manifest.files.map(({ path, sha256 }) => ({ name: path, sha256 }))]
    const resources = [...files, { name: 'manifest.json', sha256: sha256Hex(bytes) }]
    const own = fileSigner(await readFile(join(dir, '.airlock', dev, 'signing-key.pem'), 'utf8'))
    await writeFile(
      join(copy, 'model.sig'),
      await signStatement({ name: `attempt-${attempt}`, resources }, signer ?? own),
    )
    return pathToFileURL(copy).href
  }
