import type { Client } from '@airlock-ml/client'
import { type ArtifactRef, PlatformError, type ServedVersion } from '@airlock-ml/contract'
import { openLocalObjectStore, readWhole } from '@airlock-ml/stack'

/** The bytes of the versions that a service answers with, in its own folder: it starts by them without the workspace. */
export type KeptBytes = {
  /**
   * One artifact of a version, from the folder or, where it is not there or was damaged, from the workspace; its SHA-256
   * is checked each time. `client` is null where the workspace is away.
   * @throws PlatformError `artifact_not_found`, `blob_damaged`, and those of the workspace and its store
   */
  read: (client: Client | null, project: string, artifact: Pick<ArtifactRef, 'digest'>) => Promise<Uint8Array>
  /** Removes what none of these versions has. */
  prune: (versions: readonly ServedVersion[]) => Promise<void>
}

/** Artifacts larger than this are no models that answer in time. */
const MOST_BYTES = 2 * 1024 ** 3

/** In another thread: requests are answered meanwhile. */
const digestOf = async (bytes: Uint8Array): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex')

const tooLarge = (digest: string) => () =>
  new PlatformError('blob_damaged', `${digest} is larger than ${MOST_BYTES} bytes.`)

export async function openKeptBytes(dir: string): Promise<KeptBytes> {
  const store = await openLocalObjectStore(dir, { create: true })
  const keyOf = (digest: string) => `versions/${digest}`
  const kept = async (digest: string): Promise<Uint8Array | null> => {
    if (!(await store.stat(keyOf(digest)))) return null
    const bytes = await readWhole(await store.read(keyOf(digest)), MOST_BYTES, tooLarge(digest))
    return (await digestOf(bytes)) === digest ? bytes : null
  }
  return {
    read: async (client, project, { digest }) => {
      const found = await kept(digest)
      if (found) return found
      if (!client)
        throw new PlatformError(
          'artifact_not_found',
          `The service has no sound copy of ${digest}, and the workspace is away.`,
        )
      const stream = await client.getBlob({ project, sha256: digest })
      await store.write(keyOf(digest), stream as AsyncIterable<Uint8Array>, { sha256: digest })
      const fetched = await kept(digest)
      if (fetched) return fetched
      throw new PlatformError('blob_damaged', `What was fetched as ${digest} has other bytes.`)
    },
    prune: async (versions) => {
      const needed = new Set(
        versions.flatMap(({ digest, artifacts }) =>
          [digest, ...Object.values(artifacts).map((artifact) => artifact.digest)].map(keyOf),
        ),
      )
      for await (const { key } of store.list('versions/')) if (!needed.has(key)) await store.delete(key)
    },
  }
}
