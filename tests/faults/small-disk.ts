import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A small disk takes a file system of its own, which only root may mount, and only on Linux. */
export const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

export const why = 'a full disk needs root on Linux'

/** A disk that can be filled. */
export type SmallDisk = {
  /** Fills it but for so many KiB. */
  leave: (freeKib: number) => void
  /** Takes the filling away. */
  empty: () => void
  unmount: () => void
}

export async function mountSmallDisk(folder: string, mib: number): Promise<SmallDisk> {
  await mkdir(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder])
  const filler = join(folder, 'filler')
  const empty = () => rmSync(filler, { force: true })
  return {
    empty,
    leave: (freeKib) => {
      empty()
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filler, Buffer.alloc(bavail * bsize - freeKib * 1024))
    },
    unmount: () => execFileSync('umount', [folder]),
  }
}
