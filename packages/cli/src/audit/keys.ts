import { open } from 'node:fs/promises'
import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import { readKeyFile } from '../bundle/keys.ts'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import { openWorkspace } from '../workspace/open.ts'

/** Keys to check a log with; `from` says in words where the key of the log is from. */
export type LogKeys = { publicKeys: string[]; witnessKeys: string[]; from: string }

/** The keys in files, or those of the workspaces of the project: of the log's own, and of the others as witnesses. */
export async function logKeys(files: readonly string[], workspace: string, context: Context): Promise<LogKeys> {
  if (files.length > 0) {
    const publicKeys = await Promise.all(files.map((file) => readKeyFile(file, context)))
    return { publicKeys, witnessKeys: [], from: files.join(', ') }
  }
  const { config } = await openProjectFolder(context.cwd)
  const publicKeys: string[] = []
  const witnessKeys: string[] = []
  for (const name of Object.keys(config.workspaces)) {
    const keys = name === workspace ? publicKeys : witnessKeys
    keys.push(...(await keysOf(name, context)))
  }
  if (publicKeys.length === 0) {
    const known = Object.keys(config.workspaces).join(', ')
    throw new PlatformError(
      'cli_file_invalid',
      `It is the log of ${workspace}, and this project (${known}) has no key of it. Give one with --public-key FILE.`,
    )
  }
  const from = `the workspace ${workspace} itself, as this project reaches it`
  context.note(`no --public-key: checking with the key of ${from}; for proof, bring a key that came another way`)
  return { publicKeys, witnessKeys, from }
}

async function keysOf(name: string, context: Context): Promise<string[]> {
  try {
    const { client } = await openWorkspace(context, name)
    return (await client.showWorkspace()).keys.map(({ publicKey }) => publicKey)
  } catch (error) {
    if (!isPlatformError(error)) throw error
    context.note(`${name} gives no key: ${error.message}`)
    return []
  }
}

/** Longer than any header. */
const MAX_HEADER_BYTES = 64 * 1024

/** Whose log an exported file says it is. */
export async function workspaceOf(path: string): Promise<string> {
  const refused = (why: string, cause?: unknown) =>
    new PlatformError('cli_file_invalid', `${path} ${why}.`, {}, { cause })
  const file = await open(path).catch((cause: Error) => {
    throw refused(`cannot be read: ${cause.message}`, cause)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0)
    const [first = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1)
    const { workspace } = JSON.parse(first) as { workspace?: unknown }
    if (typeof workspace === 'string') return workspace
    throw refused('is no exported audit log')
  } catch (error) {
    if (error instanceof SyntaxError) throw refused('is no exported audit log', error)
    throw error
  } finally {
    await file.close()
  }
}
