import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { promisify } from 'node:util'
import { sizeText } from '../output/size.ts'
import { fail, type Look, ok, warn } from './look.ts'

const NEEDS_NODE = 24
const LOW_BYTES = 2 * 1024 ** 3
const NO_BYTES = 200 * 1024 ** 2

/** The Node that runs this command. */
export const nodeLook = (version: string): Look => ({
  subject: 'node',
  look: async () => {
    if (Number(version.split('.')[0]) >= NEEDS_NODE) return ok(`Node ${version}`)
    return fail(`Node ${version} is too old`, `Install Node ${NEEDS_NODE} or newer.`)
  },
})

/** Space on the disk of a folder. `free` is given by tests. */
export const diskLook = (dir: string, free: (dir: string) => Promise<number> = freeBytes): Look => ({
  subject: 'disk',
  look: async () => {
    const bytes = await free(dir)
    const message = `${sizeText(bytes)} are free where ${dir} lies`
    if (bytes < NO_BYTES) return fail(message, 'Make room: artifacts and the database cannot be written.')
    return bytes < LOW_BYTES ? warn(message, 'Make room soon: artifacts are kept there.') : ok(message)
  },
})

async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize
}

/** Whether the project is committed, as gates may ask. */
export const gitLook = (dir: string): Look => ({
  subject: 'git',
  look: async () => {
    const git = (...args: string[]) => promisify(execFile)('git', ['-C', dir, ...args])
    const head = await git('rev-parse', '--short', 'HEAD').catch(() => null)
    if (!head)
      return warn(
        'the project is not committed in git, so a gate that asks for a commit refuses its models',
        'git init && git add . && git commit -m "Start"',
      )
    const changed = (await git('status', '--porcelain', '--', dir)).stdout.split('\n').filter(Boolean).length
    const commit = head.stdout.trim()
    if (changed === 0) return ok(`commit ${commit}, nothing uncommitted`)
    return warn(`${changed} uncommitted changes since ${commit}`, 'Commit before you train what others are to trust.')
  },
})
