import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '@airlock-ml/client'
import { isEnded } from '@airlock-ml/contract'
import { serveWorkspace } from '@airlock-ml/server'
import { project, type WorkspaceKey } from './bench-workspace.ts'
import { model } from './large-version.ts'

const POLL_MS = 5
/** A workspace that was served for a while has a process ready that scores; this one has just been started. */
const SETTLED_AFTER_MS = 3_000
const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** A production workspace served over HTTP, as it is after its first seconds. */
export async function serveSettled(key: WorkspaceKey): Promise<{ client: Client; close: () => Promise<void> }> {
  const { url, close } = await serveWorkspace({ dir: key.dir, exchange: key.exchange, log: silent })
  const client = createClient({ baseUrl: url, apiKey: key.apiKey })
  await sleep(SETTLED_AFTER_MS)
  return { client, close }
}

/** Asks for a promotion that nobody needs to approve, and follows it until the version holds the stage. */
export async function promoteServed(client: Client, uri: string): Promise<void> {
  const { id } = await client.requestPromotion({ project, body: { model, bundle: { uri } } })
  for (;;) {
    const { state, refusal } = await client.showPromotion({ project, promotionId: id })
    if (state === 'completed') return
    if (isEnded(state)) throw new Error(`The promotion is ${state}: ${refusal?.message}`)
    await sleep(POLL_MS)
  }
}
