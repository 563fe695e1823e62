import type { Decision } from '@airlock-ml/bundle'
import { PlatformError } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'
import { readDecisionKey } from './file.ts'

/**
 * Signs a decision as whoever is signed in, with the key of their person on this machine; base64.
 * Throws `decision_key_missing`.
 */
export async function signDecision(
  workspace: OpenWorkspace,
  decision: Omit<Decision, 'workspace' | 'by'>,
): Promise<string> {
  const { client } = workspace
  const { actor } = await client.whoami()
  const signer = await readDecisionKey(workspace, actor.person)
  if (!signer)
    throw new PlatformError(
      'decision_key_missing',
      `There is no decision key of ${actor.person} for ${workspace.name} in this project's .airlock/decision-keys/.`,
    )
  const { signDecision: sign } = await import('@airlock-ml/bundle')
  const { name } = await client.showWorkspace()
  return sign(signer, { ...decision, workspace: name, by: actor.name })
}
