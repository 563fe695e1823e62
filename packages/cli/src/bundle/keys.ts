import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import { openWorkspace } from '../workspace/open.ts'

/** A key to verify with, and whose it is where somebody says so. */
export type VerifyingKey = { publicKey: string; workspace: string | null }

/** The keys in files, or without one those of the workspaces of the project; `from` says in words where they are from. */
export async function bundleKeys(
  files: readonly string[],
  context: Context,
): Promise<{ keys: VerifyingKey[]; from: string }> {
  if (files.length > 0) {
    const publicKeys = await Promise.all(files.map((file) => readKeyFile(file, context)))
    return { keys: publicKeys.map((publicKey) => ({ publicKey, workspace: null })), from: files.join(', ') }
  }
  const { config } = await openProjectFolder(context.cwd)
  const names = Object.keys(config.workspaces)
  const keys = (await Promise.all(names.map((name) => keysOf(name, context)))).flat()
  if (keys.length === 0)
    throw new PlatformError('cli_file_invalid', 'No workspace of this project answers, so there is no key to use.')
  const from = `the workspaces of this project: ${[...new Set(keys.map(({ workspace }) => workspace))].join(', ')}`
  context.note(`no --public-key: verifying with the keys of ${from}`)
  return { keys, from }
}

async function keysOf(name: string, context: Context): Promise<VerifyingKey[]> {
  try {
    const { client } = await openWorkspace(context, name)
    return (await client.showWorkspace()).keys.map(({ publicKey }) => ({ publicKey, workspace: name }))
  } catch (error) {
    if (!isPlatformError(error)) throw error
    context.note(`${name} gives no key: ${error.message}`)
    return []
  }
}

/** A public key file, as text. */
export async function readKeyFile(file: string, { cwd }: Pick<Context, 'cwd'>): Promise<string> {
  const path = resolve(cwd, file)
  return await readFile(path, 'utf8').catch((cause: Error) => {
    throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
  })
}
