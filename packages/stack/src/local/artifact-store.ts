import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { bodyOf, readWhole } from '../body.ts'
import type { Flavor } from '../flavor.ts'
import type { ObjectStore } from '../object-store.ts'

const LOW_BYTES = 1024 ** 3

/** Keeps artifacts in a folder beside the workspace's database. */
export const localArtifactStore: Flavor = {
  config: z.strictObject({}),
  check: async (_config, { artifacts, probe }) => {
    const key = `probe/${probe}`
    try {
      await artifacts.write(key, bodyOf(Buffer.from(probe)))
      const otherBytes = () => new Error('What was written did not come back as it was.')
      const read = await readWhole(await artifacts.read(key), probe.length, otherBytes)
      if (Buffer.from(read).toString() !== probe) throw otherBytes()
    } finally {
      await artifacts.delete(key)
    }
    const freeBytes = await freeSpace(artifacts)
    const freeMiB = freeBytes / 1024 ** 2
    const room = freeMiB < 1024 ? `${Math.floor(freeMiB)} MiB` : `${(freeMiB / 1024).toFixed(1)} GiB`
    const free = `${artifacts.uri} is written, read and has ${room} free`
    if (freeBytes >= LOW_BYTES) return { outcome: 'ok', message: free, remedy: null }
    return { outcome: 'warn', message: free, remedy: 'Make room on that disk before the next run.' }
  },
}

async function freeSpace({ uri }: ObjectStore): Promise<number> {
  if (!uri.startsWith('file:')) return Number.POSITIVE_INFINITY
  const { bavail, bsize } = await statfs(fileURLToPath(uri))
  return bavail * bsize
}
