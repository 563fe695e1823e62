import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, must } from './faulty-project.ts'
import { canMount, mountSmallDisk, type SmallDisk, why } from './small-disk.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

let project: FaultyProject
let disk: SmallDisk | undefined
beforeAll(async () => {
  project = await faultyProject()
  if (!canMount) return
  disk = await mountSmallDisk(join(project.dir, '.airlock'), 8)
  await must(project, ['init', '--admin', 'ada'])
  await must(project, ['run', 'training'])
}, 120_000)
afterAll(async () => {
  disk?.unmount()
  await project.remove()
})

async function saysThereIsNoSpace(args: readonly string[]): Promise<void> {
  const ended = await project.airlock(args)
  expect(ended).toMatchObject({ code: 1, signal: null })
  const printed = ended.stdout + ended.stderr
  expect(printed).toMatch(/There is no space left for \S+enterprise-dev-staging/)
  expect(printed).not.toMatch(/\n {4}at /)
}

// From nothing at all, over the shared memory of the database and its log, to the bytes of the artifacts.
test.skipIf(!canMount).each([0, 48, 128, 260])(`with %i KiB left a run says so (${why})`, async (freeKib) => {
  disk?.leave(freeKib)
  // Other rows each time, so that there are new bytes to store.
  await saysThereIsNoSpace(['run', 'training', '--param', `rows=${3_000 + freeKib}`])
})

test.skipIf(!canMount)(`with room again the same command ends well, and all is whole (${why})`, async () => {
  disk?.empty()
  await must(project, ['run', 'training', '--param', 'rows=3000'])
  const account = await accountOf(project.dir, dev)
  expect(faultsOf(account)).toEqual([])
  expect(account.versions.map(({ number }) => number).toSorted()).toEqual([1, 2])
  expect(account.runs.filter(({ status }) => status === 'running')).toEqual([])
})
