import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, must, production } from './faulty-project.ts'
import { ask, makeWorkspaces, trainAndStage } from './prepare.ts'
import { serve } from './serve.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

let project: FaultyProject
let promotion: string
beforeAll(async () => {
  project = await faultyProject()
  await makeWorkspaces(project)
  await trainAndStage(project, 3)
  promotion = (await ask(project)).id
  await project.keep('awaiting')
}, 120_000)
afterAll(() => project.remove())

const approving = () => ['promotion', 'approve', promotion, '--as', 'ben', '--yes', '--workspace', production]

test.each(['promotion:approved', 'import:committed'])(
  'a server that is killed at %s is started again, and the same command ends well',
  async (point) => {
    await project.bringBack('awaiting')
    const up = serve(project.dir, { AIRLOCK_CRASH_AT: point })
    try {
      await up.isReady
      const first = await project.airlock(approving())
      // It notices, or the server was back before it gave up.
      if (first.code !== 0) expect(first.stderr).toContain('workspace_unreachable')
      expect(await untilWell(approving()), first.stderr).toBe(0)
    } finally {
      expect(await up.stop()).toBe(0)
    }
    const account = await accountOf(project.dir, production)
    expect(account.promotions).toMatchObject([{ state: 'completed', version: { number: 1 } }])
    expect(faultsOf(account)).toEqual([])
  },
)

test('a run whose server is killed while it completes registers nothing, and is run again', async () => {
  await project.bringBack('awaiting')
  const up = serve(project.dir, { AIRLOCK_CRASH_AT: 'run:completing-checked' })
  try {
    await up.isReady
    const cut = await project.airlock(['run', 'training'])
    expect(cut).toMatchObject({ code: 1, stderr: expect.stringContaining('workspace_unreachable') })
  } finally {
    await up.stop()
  }
  expect((await accountOf(project.dir, dev)).versions).toHaveLength(1)
  await must(project, ['run', 'training'])
  const account = await accountOf(project.dir, dev)
  expect(account.runs.map(({ status }) => status)).toEqual(['completed', 'lost', 'completed'])
  expect(faultsOf(account)).toEqual([])
})

/** The server needs a moment to start again. */
async function untilWell(command: string[]): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const { code } = await project.airlock(command)
    if (code === 0 || tries === 5) return code
  }
}
