import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, must } from './faulty-project.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

/** A small disk takes a file system of its own, which only root may mount, and only on Linux. */
const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

const why = 'a full disk needs root on Linux'
let project: FaultyProject
let disk: string
let isMounted = false
beforeAll(async () => {
  project = await faultyProject()
  if (!canMount) return
  disk = join(project.dir, '.airlock')
  await mkdir(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk])
  isMounted = true
  await must(project, ['init', '--admin', 'ada'])
  await must(project, ['run', 'training'])
}, 120_000)
afterAll(async () => {
  if (isMounted) execFileSync('umount', [disk])
  await project.remove()
})

const filler = () => join(disk, 'filler')
/** Fills the disk but for so many KiB. */
function leave(freeKib: number): void {
  rmSync(filler(), { force: true })
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler(), Buffer.alloc(bavail * bsize - freeKib * 1024))
}

// From nothing at all, over the shared memory of the database and its log, to the bytes of the artifacts.
test.skipIf(!canMount).each([0, 48, 128, 260])(`with %i KiB left a run says so (${why})`, async (freeKib) => {
  leave(freeKib)
  // Other rows each time, so that there are new bytes to store.
  const ended = await project.airlock(['run', 'training', '--param', `rows=${3_000 + freeKib}`])
  expect(ended).toMatchObject({ code: 1, signal: null })
  const printed = ended.stdout + ended.stderr
  expect(printed).toMatch(/There is no space left for \S+enterprise-dev-staging/)
  expect(printed).not.toMatch(/\n {4}at /)
})

test.skipIf(!canMount)(`with room again the same command ends well, and all is whole (${why})`, async () => {
  rmSync(filler())
  await must(project, ['run', 'training', '--param', 'rows=3000'])
  const account = await accountOf(project.dir, dev)
  expect(faultsOf(account)).toEqual([])
  expect(account.versions.map(({ number }) => number).toSorted()).toEqual([1, 2])
  expect(account.runs.filter(({ status }) => status === 'running')).toEqual([])
})
