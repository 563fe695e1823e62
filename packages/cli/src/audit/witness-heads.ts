import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import { openWorkspace } from '../workspace/open.ts'

/** What witnesses bring: their keys, and heads that they kept. */
export type Outside = { witnessKeys: string[]; outside: { name: string; bytes: Uint8Array }[] }

/** Each file is a witness's public key, or a countersignature or checkpoint as it lies in the exchange. */
export async function readWitnessFiles(files: readonly string[], { cwd }: Context): Promise<Outside> {
  const found: Outside = { witnessKeys: [], outside: [] }
  for (const file of files) {
    const path = resolve(cwd, file)
    const bytes = await readFile(path).catch((cause: Error) => {
      throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
    })
    if (bytes.toString('latin1').trimStart().startsWith('-----BEGIN')) found.witnessKeys.push(bytes.toString())
    else found.outside.push({ name: file, bytes })
  }
  return found
}

/** What the other workspaces of a project remember of a log, and which of them did not say. */
export type Asked = { heads: Outside['outside']; notAsked: { workspace: string; reason: string }[] }

/** The last head of a workspace's log that each other workspace of the project remembers, where we may ask. */
export async function askWitnesses(workspace: string, context: Context): Promise<Asked> {
  const { config } = await openProjectFolder(context.cwd)
  const heads: Asked['heads'] = []
  const notAsked: Asked['notAsked'] = []
  for (const name of Object.keys(config.workspaces).filter((each) => each !== workspace)) {
    try {
      const { client } = await openWorkspace(context, name)
      const { items } = await client.listWitnessedCheckpoints({ of: workspace, limit: 1 })
      for (const { size, envelope } of items)
        heads.push({ name: `the head of ${size} events that ${name} remembers`, bytes: Buffer.from(envelope) })
    } catch (error) {
      if (!isPlatformError(error)) throw error
      notAsked.push({ workspace: name, reason: error.message })
    }
  }
  return { heads, notAsked }
}
