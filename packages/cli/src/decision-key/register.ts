import { allItems } from '@airlock-ml/client'
import { type DecisionKey, type Held, PlatformError } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'
import { makeDecisionKey, readDecisionKey } from './file.ts'

/**
 * Makes a decision key for the person who is signed in, and registers it; the one that is registered and lies here is
 * kept. It is stored before it is registered, so that a killed command goes on with it.
 * Under four eyes it answers with the change request that it became.
 * Throws `decision_key_exists` when the key in force lies on another machine, and what the server refuses.
 */
export async function registerOwnKey(workspace: OpenWorkspace, person: string): Promise<DecisionKey | Held> {
  const { client } = workspace
  const known: DecisionKey[] = []
  for await (const key of allItems(client.listDecisionKeys, { person, limit: 200 })) known.push(key)
  const stored = await readDecisionKey(workspace, person)
  const inForce = known.find(({ revokedAt }) => revokedAt === null)
  if (inForce && inForce.fingerprint === stored?.keyHint) return inForce
  if (inForce)
    throw new PlatformError(
      'decision_key_exists',
      `${person} signs with the key ${inForce.fingerprint}, whose private half is not in this project's .airlock/decision-keys/.`,
      { fingerprint: inForce.fingerprint },
    )
  const hasEnded = known.some(({ fingerprint }) => fingerprint === stored?.keyHint)
  const signer = stored && !hasEnded ? stored : await makeDecisionKey(workspace, person, { replaces: hasEnded })
  const { signKeyClaim } = await import('@airlock-ml/bundle')
  const proof = await signKeyClaim(signer, { workspace: (await client.showWorkspace()).name, by: person })
  return client.registerDecisionKey({ body: { publicKey: signer.publicKey, proof } })
}
