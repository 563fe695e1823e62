import { type Actor, isHeld, PlatformError } from '@airlock-ml/contract'
import { heldText } from '../change/print.ts'
import type { Context } from '../context.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import { registerOwnKey } from './register.ts'

/** Why a person may sign in and yet get no key: it does not keep them from signing in. */
const reasons: readonly string[] = ['decision_key_exists', 'decision_key_taken', 'forbidden']

/**
 * What a login does about the decision key of who signs in: makes and registers one where there is none. A machine has
 * none. Returns the fingerprint of the key they sign with here, or null with a note that says why there is none.
 */
export async function offerDecisionKey(
  workspace: OpenWorkspace,
  context: Context,
  { kind, name }: Actor,
): Promise<string | null> {
  if (kind !== 'user') return null
  try {
    const registered = await registerOwnKey(workspace, name)
    if (!isHeld(registered)) return registered.fingerprint
    context.note(`${name} can sign no decision yet: ${heldText(registered.change, workspace.name)}`)
    return null
  } catch (error) {
    if (!(error instanceof PlatformError && reasons.includes(error.code))) throw error
    context.note(`${name} can sign no decision from here: ${error.message}\n${error.remedy}`)
    return null
  }
}
