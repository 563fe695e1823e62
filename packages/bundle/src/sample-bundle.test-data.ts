import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '@airlock-ml/contract'
import { bodyOf, type ObjectStore, openObjectStore, sha256Hex } from '@airlock-ml/stack'
import { onTestFinished } from 'vitest'
import { bundlePrefixOf } from './bundle-uri.ts'
import type { TrustedSigner } from './envelope.ts'
import { type FetchedBundle, fetchBundle } from './fetch.ts'
import { signStatement } from './oms.ts'
import { type PackedBundle, packBundle } from './pack.ts'
import { sampleFiles, sampleManifest } from './sample-manifest.test-data.ts'
import { createSigningKey, fileSigner, type Signer } from './signing.ts'

export const sampleWorkspace = 'enterprise-dev-staging'

export const trustedSigner = (signer: Signer, workspace = sampleWorkspace): TrustedSigner => ({
  keyHint: signer.keyHint,
  publicKey: signer.publicKey,
  workspace,
})

export type Sample = {
  exchangeDir: string
  stagingDir: string
  exchange: ObjectStore
  signer: Signer
  pack: (manifest?: Manifest) => Promise<PackedBundle>
  fetch: (
    uri: string,
    options?: { trustedKeys?: TrustedSigner[]; limits?: { maxTotalBytes: number } },
  ) => Promise<FetchedBundle>
  /** Path of a file of a bundle in the exchange. */
  fileOf: (uri: string, path: string) => string
  /** Signs a bundle's folder anew with our own key, as a workspace that lies would. */
  signAgain: (uri: string, resources: Record<string, string>) => Promise<void>
}

/** An exchange in a temporary folder, with a key and ways to use both. */
export const makeSample = async (): Promise<Sample> => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const exchangeDir = join(folder, 'exchange')
  const stagingDir = join(folder, 'staging', 'one')
  const exchange = await openObjectStore(exchangeDir, { create: true })
  const signer = fileSigner(createSigningKey())
  const files = sampleFiles()
  const fileOf = (uri: string, path: string): string => join(exchangeDir, bundlePrefixOf(exchange.uri, uri), path)
  return {
    exchangeDir,
    stagingDir,
    exchange,
    signer,
    fileOf,
    pack: (manifest = sampleManifest()) =>
      packBundle({
        manifest,
        signer,
        exchange,
        files: manifest.files.map((file) => ({ ...file, open: () => bodyOf(files.get(file.path) ?? Buffer.alloc(0)) })),
      }),
    fetch: (uri, { trustedKeys = [trustedSigner(signer)], limits } = {}) =>
      fetchBundle({
        exchange,
        prefix: bundlePrefixOf(exchange.uri, uri),
        stagingDir,
        trustedKeys,
        ...(limits ? { limits } : {}),
      }),
    signAgain: async (uri, resources) => {
      const statement = Object.entries(resources).map(([name, sha256]) => ({ name, sha256 }))
      await writeFile(fileOf(uri, 'model.sig'), await signStatement({ name: 'x', resources: statement }, signer))
    },
  }
}

/** SHA-256 of each file of a bundle in the exchange, by path. */
export const digestsOf = async (sample: Sample, uri: string, paths: string[]): Promise<Record<string, string>> => {
  const digests: Record<string, string> = {}
  for (const path of paths) digests[path] = sha256Hex(await readFile(sample.fileOf(uri, path)))
  return digests
}
