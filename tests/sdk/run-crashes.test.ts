import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@airlock-ml/client'
import { openWorkspace } from '@airlock-ml/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const program = fileURLToPath(new URL('crashing-run.ts', import.meta.url))
const dev = () => join(workspace.dir, 'dev')

/** Runs the pipeline in a process that is killed at a crash point, if one is named. */
function runProcess(crashAt = '') {
  const args = ['--conditions=crash-test', '--conditions=source', program, dev(), workspace.apiKey]
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, AIRLOCK_CRASH_AT: crashAt } })
}

/** A client of the workspace an hour later, when leases of dead processes have ended and its worker has worked. */
async function anHourLater<T>(work: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> {
  const now = () => new Date(Date.now() + 3_600_000)
  const later = await openWorkspace({ dir: dev(), exchange: join(workspace.dir, 'exchange'), now })
  try {
    await later.advance()
    return await work(createClient({ baseUrl: 'http://later', fetch: later.fetch, apiKey: workspace.apiKey }))
  } finally {
    await later.close()
  }
}

test.each(['run:started', 'run:step-started#2', 'run:blob-uploaded#2', 'run:step-completed#2', 'run:completing'])(
  'killed at %s a run leaves no version, and the same command ends well',
  async (point) => {
    const count = async () => {
      const page = await workspace.client
        .listModelVersions({ project, model: 'classifier' })
        .catch(() => ({ items: [] }))
      return page.items.length
    }
    const before = await count()
    expect(runProcess(point).signal).toBe('SIGKILL')
    const { items } = await workspace.client.listRuns({ project, limit: 1 })
    const status = await anHourLater(async (client) => {
      expect((await client.checkWorkspace()).findings).toEqual([])
      return (await client.showRun({ project, runId: items[0]?.id ?? '' })).status
    })
    expect(status).toBe('lost')
    expect(await count()).toBe(before)
    const again = runProcess()
    expect(again.stderr).toBe('')
    expect(again.stdout).toBe('completed\n')
    expect(await count()).toBe(before + 1)
  },
)
