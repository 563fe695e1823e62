import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { dev } from './project.ts'

/** What a test sees of a service that runs in a project. */
type Kept = { secret: string; invokeKey: string }

export const serviceIn = (projectDir: string, name: string) => {
  const dir = join(projectDir, '.airlock', 'deployments', dev, name)
  const json = async <T>(file: string) => JSON.parse(await readFile(join(dir, file), 'utf8')) as T
  const supervisor = () => json<Supervised>('supervisor.json')
  const kept = () => json<Kept>('service.json')
  return {
    dir,
    supervisor,
    kept,
    log: () => readFile(join(dir, 'service.log'), 'utf8'),
    /** Asks about one row; the answer, or the code of the refusal. */
    ask: async (key?: string, size = 9): Promise<string> => {
      const { url } = await supervisor()
      const response = await fetch(`${url}/v1/predict`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key ?? (await kept()).invokeKey}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ row: { size, texture: 1 } }),
      }).catch(() => null)
      if (!response) return 'no answer'
      const said = (await response.json()) as { code?: string; label?: string; model?: { version: number } }
      return said.code ?? `${said.label} by ${said.model?.version}`
    },
  }
}

export type Supervised = {
  state: string
  supervisorPid: number
  url: string
  pids: Record<string, number>
  restarts: number
}

/** Looks until it is so; the processes under test need a moment. */
export async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  let seen = await look()
  for (let tries = 0; tries < 400 && !isIt(seen); tries += 1) {
    await wait(50)
    seen = await look()
  }
  if (!isIt(seen)) throw new Error(`it stayed ${JSON.stringify(seen)}`)
  return seen
}
