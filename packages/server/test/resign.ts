import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Signer, signStatement } from '@airlock-ml/bundle'
import type { Manifest } from '@airlock-ml/contract'
import { sha256 } from './two-workspaces.ts'

/** Copies a bundle to another attempt, its signature replaced by one that another key makes over the same files. */
export async function resign(uri: string, signer: Signer, attempt = 9): Promise<string> {
  const copy = join(fileURLToPath(uri), `../attempt-${attempt}`)
  await cp(fileURLToPath(uri), copy, { recursive: true })
  await rm(join(copy, 'model.sig'))
  const manifest = await readFile(join(copy, 'manifest.json'))
  const { files } = JSON.parse(manifest.toString()) as Manifest
  const resources = files.map(({ path, sha256 }) => ({ name: path, sha256 }))
  resources.push({ name: 'manifest.json', sha256: sha256(manifest) })
  await writeFile(join(copy, 'model.sig'), await signStatement({ name: `attempt-${attempt}`, resources }, signer))
  return pathToFileURL(copy).href
}
