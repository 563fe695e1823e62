import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { canonicalJson, fileSigner, signStatement } from '@airlock-ml/bundle'
import type { Manifest } from '@airlock-ml/contract'
import { sha256 } from './two-workspaces.ts'

/** Paths in a bundle and the bytes that take the place of theirs. */
type Replaced = Readonly<Record<string, Uint8Array>>

/**
 * A bundle as a dishonest source would make it: other bytes in some files, and a manifest and signature that fit them.
 * `rewrite` changes the manifest's text before it is signed.
 */
export async function forgeBundle(
  uri: string,
  replaced: Replaced,
  signingKeyFile: string,
  rewrite = (manifest: string) => manifest,
): Promise<string> {
  const original = fileURLToPath(uri)
  const manifest = JSON.parse(await readFile(join(original, 'manifest.json'), 'utf8')) as Manifest
  const files = manifest.files.map((file) => {
    const bytes = replaced[file.path]
    return bytes ? { ...file, sha256: sha256(bytes), sizeBytes: bytes.byteLength } : file
  })
  const digest = files.find(({ artifact }) => artifact?.role === 'model')?.sha256 ?? ''
  const text = Buffer.from(canonicalJson({ ...manifest, files, model: { ...manifest.model, digest } })).toString()
  const bytes = Buffer.from(rewrite(text))
  const copy = join(original, '../..', sha256(bytes), 'attempt-1')
  await mkdir(dirname(copy), { recursive: true })
  await cp(original, copy, { recursive: true })
  await rm(join(copy, 'model.sig'))
  for (const [path, content] of Object.entries(replaced)) await writeFile(join(copy, path), content)
  await writeFile(join(copy, 'manifest.json'), bytes)
  const resources = [
    ...files.map(({ path, sha256: of }) => ({ name: path, sha256: of })),
    { name: 'manifest.json', sha256: sha256(bytes) },
  ]
  const signer = fileSigner(await readFile(signingKeyFile, 'utf8'))
  await writeFile(join(copy, 'model.sig'), await signStatement({ name: 'attempt-1', resources }, signer))
  return pathToFileURL(copy).href
}
