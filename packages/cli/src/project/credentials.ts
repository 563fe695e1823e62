import { layout } from './layout.ts'
import { readJsonFile, writePrivateJsonFile } from './private-file.ts'

/** API keys by workspace and identity; `default` is who acts when nobody is named. */
export type Credentials = Record<string, { default: string | null; keys: Record<string, string> }>

export const readCredentials = (projectDir: string): Promise<Credentials> =>
  readJsonFile<Credentials>(layout(projectDir).credentials, {})

type Stored = { workspace: string; identity: string; apiKey: string; makeDefault: boolean }

/** Stores a key, and makes its identity the default when asked or when there is none. */
export async function storeCredential(projectDir: string, stored: Stored): Promise<void> {
  const credentials = await readCredentials(projectDir)
  const entry = credentials[stored.workspace] ?? { default: null, keys: {} }
  entry.keys[stored.identity] = stored.apiKey
  if (stored.makeDefault || entry.default === null) entry.default = stored.identity
  credentials[stored.workspace] = entry
  await writePrivateJsonFile(layout(projectDir).credentials, credentials)
}

/** Says who acts by default in a workspace; null signs out and keeps the keys. */
export async function setDefaultIdentity(
  projectDir: string,
  workspace: string,
  identity: string | null,
): Promise<void> {
  const credentials = await readCredentials(projectDir)
  credentials[workspace] = { keys: {}, ...credentials[workspace], default: identity }
  await writePrivateJsonFile(layout(projectDir).credentials, credentials)
}

/** Deletes a stored key. Returns whether there was one. */
export async function forgetCredential(projectDir: string, workspace: string, identity: string): Promise<boolean> {
  const credentials = await readCredentials(projectDir)
  const entry = credentials[workspace]
  if (entry?.keys[identity] === undefined) return false
  delete entry.keys[identity]
  if (entry.default === identity) entry.default = null
  await writePrivateJsonFile(layout(projectDir).credentials, credentials)
  return true
}
