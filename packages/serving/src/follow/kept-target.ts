import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeploymentTarget } from '@airlock-ml/contract'

/** What the service was told to do last, for a start while the workspace is away. Holds a secret: its owner alone reads it. */
export type KeptTarget = {
  /** Null where nothing was kept, or where it cannot be understood. */
  read: () => Promise<DeploymentTarget | null>
  write: (target: DeploymentTarget) => Promise<void>
}

export function keptTarget(file: string): KeptTarget {
  return {
    read: async () => {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return 'null'
        throw error
      })
      return DeploymentTarget.safeParse(parsed(text)).data ?? null
    },
    write: async (target) => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const draft = await open(`${file}.tmp`, 'w', 0o600)
      try {
        await draft.writeFile(JSON.stringify(target))
        await draft.sync()
      } finally {
        await draft.close()
      }
      await rename(`${file}.tmp`, file)
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
