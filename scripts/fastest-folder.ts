import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const IN_MEMORY = '/dev/shm'
const LEAST_FREE_BYTES = 1024 ** 3

/** What decides, so that a test can say it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text of `/proc/mounts`; undefined elsewhere than on Linux. */
  readonly mounts: string | undefined
  /** Bytes that can still be written into the memory of this machine. */
  readonly freeBytes: number
}

/**
 * The folder for the temporary files of tests: in memory where there is room for them. Every commit and every blob waits
 * for the disk, and no test can see whether it did: what tests kill is processes, whose writes the kernel keeps.
 * `TMPDIR` goes first, as everywhere.
 */
export function fastestFolder({ env, mounts, freeBytes }: Surroundings = surroundings()): string {
  if (env.TMPDIR !== undefined && env.TMPDIR !== '') return env.TMPDIR
  const mount = mounts
    ?.split('\n')
    .map((line) => line.split(' '))
    .find(([, path, type]) => path === IN_MEMORY && type === 'tmpfs')
  const options = mount?.[3]?.split(',') ?? []
  // Tests start programs that they write there.
  const canBeUsed = options.includes('rw') && !options.includes('noexec')
  return canBeUsed && freeBytes >= LEAST_FREE_BYTES ? IN_MEMORY : tmpdir()
}

function surroundings(): Surroundings {
  const { env } = process
  if (!existsSync('/proc/mounts') || !existsSync(IN_MEMORY)) return { env, mounts: undefined, freeBytes: 0 }
  const mounts = readFileSync('/proc/mounts', 'utf8')
  const { bavail, bsize } = statfsSync(IN_MEMORY)
  return { env, mounts, freeBytes: Math.min(bavail * bsize, process.availableMemory()) }
}
