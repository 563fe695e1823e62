import type { Decision } from '@airlock-ml/bundle'
import { PlatformError } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'
import { readDecisionKey } from './file.ts'

/**
 * Signs a decision as whoever is signed in, with the key of their person on this machine, and sends it; the signature is
 * base64. Without a key here it is sent unsigned: the server takes no such decision, but says first when the person may
 * not decide at all, which no key would change.
 * Throws `decision_key_missing`, and what `send` throws.
 */
export async function sendSigned<T>(
  workspace: OpenWorkspace,
  decision: Omit<Decision, 'workspace' | 'by'>,
  send: (signature: string | null) => Promise<T>,
): Promise<T> {
  const { client } = workspace
  const { actor } = await client.whoami()
  const signer = await readDecisionKey(workspace, actor.person)
  if (!signer)
    return send(null).catch((error: unknown) => {
      throw isForTheKey(error) ? noKeyHere(actor.person, workspace.name) : error
    })
  const { signDecision } = await import('@airlock-ml/bundle')
  const { name } = await client.showWorkspace()
  return send(await signDecision(signer, { ...decision, workspace: name, by: actor.name }))
}

const isForTheKey = (error: unknown): boolean =>
  error instanceof PlatformError && ['decision_key_missing', 'decision_signature_invalid'].includes(error.code)

const noKeyHere = (person: string, workspace: string) =>
  new PlatformError(
    'decision_key_missing',
    `There is no decision key of ${person} for ${workspace} in this project's .airlock/decision-keys/.`,
  )
