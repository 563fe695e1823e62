import type { Promotion } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, model, must, production } from './faulty-project.ts'
import { approve, ask, makeWorkspaces, trainAndStage } from './prepare.ts'
import { serve } from './serve.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

let project: FaultyProject
/** Promotions of two bundles that await approval, while a third holds production in the place of a fourth. */
const asked: string[] = []
beforeAll(async () => {
  project = await faultyProject()
  await makeWorkspaces(project)
  await project.keep('made')
  for (const trees of [3, 4]) {
    await trainAndStage(project, trees)
    await approve(project, (await ask(project)).id)
  }
  for (const trees of [5, 6]) {
    await trainAndStage(project, trees)
    asked.push((await ask(project)).id)
  }
}, 120_000)
afterAll(() => project.remove())

const ofProduction = ['--workspace', production]
const approving = (id: string) => ['promotion', 'approve', id, '--as', 'ben', '--yes', '--json', ...ofProduction]
const promotionOf = async (id: string) =>
  JSON.parse(await must(project, ['promotion', 'show', id, '--json', ...ofProduction])) as Promotion

async function expectSound() {
  const account = await accountOf(project.dir, production)
  expect(faultsOf(account)).toEqual([])
  expect(faultsOf(await accountOf(project.dir, dev))).toEqual([])
  return account
}

test('two promotions and a rollback at the same moment: one holder, and each loser is told', async () => {
  const rollback = ['model', 'rollback', model, '--to-version', '1', '--reason', 'worse', '--json', ...ofProduction]
  const ended = await Promise.all([...asked.map(approving), rollback].map((args) => project.airlock(args)))

  const { versions, history } = await expectSound()
  expect(versions.filter(({ stage }) => stage === 'production')).toHaveLength(1)
  const [first, second, back] = ended
  expect(back, back?.stdout).toMatchObject({ code: 0 })
  expect(history.filter(({ act }) => act === 'rollback')).toMatchObject([{ number: 1, reason: 'worse' }])

  // Whoever comes in second finds another holder than its plan names, or a newer version.
  const states = await Promise.all(asked.map(promotionOf))
  for (const [index, { state, refusal, planDigest, approvals }] of states.entries()) {
    const { code } = [first, second][index] ?? { code: -1 }
    if (state === 'completed') expect(code).toBe(0)
    else if (state === 'refused') {
      expect(code).toBe(1)
      expect(refusal).toMatchObject({ code: 'bundle_replayed', remedy: expect.any(String) })
    } else {
      expect(state).toBe('awaiting_approval')
      expect(code).toBe(3)
      expect(approvals.every((given) => given.planDigest !== planDigest)).toBe(true)
      // A stage that changed again meanwhile voids the first of these, too.
      const again = [
        await project.airlock(approving(asked[index] ?? '')),
        await project.airlock(approving(asked[index] ?? '')),
      ]
      expect(again.map((each) => each.code)).toContain(0)
      expect(await promotionOf(asked[index] ?? '')).toMatchObject({ state: 'completed' })
    }
  }
  await expectSound()
})

test('one promotion, driven by three processes at once, is imported once', async () => {
  await project.bringBack('made')
  await trainAndStage(project, 3)
  const { id } = await ask(project)
  const waiting = ['promotion', 'wait', id, '--until', 'end', '--timeout', '60', ...ofProduction]
  const ended = await Promise.all([waiting, approving(id), waiting].map((args) => project.airlock(args)))
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(({ stderr }) => [0, stderr]))
  const { versions, runs } = await expectSound()
  expect(versions).toMatchObject([{ number: 1, stage: 'production' }])
  expect(runs).toMatchObject([{ pipeline: 'import_model', status: 'completed' }])
})

test('six trainings at once, while both workspaces begin to be served: six versions', async () => {
  await project.bringBack('made')
  const runs = [1, 2, 3, 4, 5, 6].map((trees) => project.airlock(['run', 'training', '--param', `trees=${trees}`]))
  const up = serve(project.dir)
  try {
    const ended = await Promise.all(runs)
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(({ stderr }) => [0, stderr]))
    await up.isReady
    const list = await must(project, ['model', 'version', 'list', model, '--json'])
    const numbers = (JSON.parse(list) as { items: { number: number }[] }).items.map(({ number }) => number)
    expect(numbers.toSorted()).toEqual([1, 2, 3, 4, 5, 6])
  } finally {
    await up.stop()
  }
  await expectSound()
})
