import { execFileSync, spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A disk that can be filled takes a file system of its own, which only root may mount, and only on Linux. */
export const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

/** A disk of 2 MiB at a folder that it makes. */
export type SmallDisk = {
  /** Leaves no byte free; what it returns makes room again. */
  fill: () => Promise<() => Promise<void>>
  unmount: () => void
}

export async function mountSmallDisk(dir: string): Promise<SmallDisk> {
  await mkdir(dir)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir])
  return {
    fill: async () => {
      const { bavail, bsize } = statfsSync(dir)
      const file = join(dir, 'filler')
      await writeFile(file, Buffer.alloc(bavail * bsize))
      return () => rm(file)
    },
    unmount: () => void execFileSync('umount', [dir]),
  }
}
