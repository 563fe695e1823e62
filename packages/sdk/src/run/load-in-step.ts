import type { LoadedBytes } from './load-artifact.ts'
import { readBytes } from './read-inputs.ts'
import type { RunSession } from './run-session.ts'

/** Reads an artifact by its name. */
export type LoadBytes = (
  name: string,
  which: { readonly version?: number; readonly digest?: string },
) => Promise<LoadedBytes>

/** What a step reads artifacts by name with: each is recorded as an input of it before its bytes are read. */
export const loadInStep =
  (session: RunSession, step: string): LoadBytes =>
  async (name, { version, digest }) => {
    const { client, held, leaseToken } = session
    const which = { ...(version !== undefined && { version }), ...(digest !== undefined && { digest }) }
    const { artifact: ref } = await client.loadArtifact({ ...held, step, body: { leaseToken, name, ...which } })
    return { ref, bytes: await readBytes(session, ref) }
  }
