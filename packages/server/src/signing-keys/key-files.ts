import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createSigningKey, fileSigner, type Signer } from '@airlock-ml/bundle'
import type { SigningKeys } from '../deps.ts'
import { syncFolder, writeDraft } from '../secret-draft.ts'

/**
 * Signing keys as files of an embedded workspace. The key in force lies in `file`; a new one lies beside it under its
 * hint, until it is in force and takes the old one's place, which is then gone for good.
 */
export const keyFiles = (file: string): SigningKeys => ({
  create: async () => {
    const pem = createSigningKey()
    const signer = fileSigner(pem)
    await rename(await writeDraft(file, pem), besides(file, signer.keyHint))
    await syncFolder(dirname(file))
    return signer
  },
  open: async (keyHint) => {
    const known = await readSigner(file)
    if (known?.keyHint === keyHint) return known
    const next = await readSigner(besides(file, keyHint))
    // Another process may have put it in place between the two looks.
    if (next?.keyHint !== keyHint) return demand(await readSigner(file), keyHint)
    await rename(besides(file, keyHint), file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await syncFolder(dirname(file))
    return next
  },
  listBeside: async () => {
    const folder = dirname(file)
    const named = (await readdir(folder)).map((name) => ({ name, keyHint: HINT.exec(name)?.[1] ?? null }))
    const ours = named.filter(({ name, keyHint }) => keyHint !== null || name.startsWith(`${basename(file)}.`))
    const found = await Promise.all(
      ours.map(async (each) => {
        // Put in place, or removed, between the two looks.
        const stat = await lstat(join(folder, each.name)).catch(() => null)
        return stat ? [{ ...each, sizeBytes: stat.size, ageMs: Date.now() - stat.mtimeMs }] : []
      }),
    )
    return found.flat()
  },
  removeBeside: async (name) => {
    await rm(join(dirname(file), name), { force: true })
    await syncFolder(dirname(file))
  },
})

const HINT = /^signing-key-([0-9a-f]+)\.pem$/

const besides = (file: string, keyHint: string): string => join(dirname(file), `signing-key-${keyHint}.pem`)

const readSigner = (file: string): Promise<Signer | null> =>
  readFile(file, 'utf8').then(fileSigner, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })

const demand = (signer: Signer | null, keyHint: string): Signer => {
  if (signer?.keyHint === keyHint) return signer
  throw Object.assign(new Error(`There is no private key ${keyHint}.`), { code: 'ENOENT', path: 'signing-key.pem' })
}
