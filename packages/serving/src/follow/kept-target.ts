import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeploymentTarget } from '@airlock-ml/contract'

/** What the service was told to do last, for a start while the workspace is away. Holds a secret: its owner alone reads it. */
export type KeptTarget = {
  /** Null where nothing was kept, or where it cannot be understood. */
  read: () => Promise<DeploymentTarget | null>
  write: (target: DeploymentTarget) => Promise<void>
}

/** Each process of a service writes it, and so does the command that starts one: each has a draft of its own. */
let drafts = 0

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
      const temporary = `${file}.${process.pid}.${++drafts}.tmp`
      try {
        const draft = await open(temporary, 'w', 0o600)
        try {
          await draft.writeFile(JSON.stringify(target))
          await draft.sync()
        } finally {
          await draft.close()
        }
        await rename(temporary, file)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
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
