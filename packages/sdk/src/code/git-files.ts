import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { PlatformError } from '@airlock-ml/contract'

const run = promisify(execFile)

/** What git says of a folder. */
export interface GitState {
  /** Paths of all files that git does not ignore, relative to the folder; some may be gone from the disk. */
  readonly paths: string[]
  /** Null before the first commit. */
  readonly commit: string | null
  readonly dirty: boolean
}

/**
 * Asks git about a folder; undefined when it is in no repository, is ignored by it, or there is no git.
 * @throws PlatformError `git_repository_distrusted`
 */
export async function gitState(folder: string): Promise<GitState | undefined> {
  const answers = await Promise.all([
    git(folder, ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z']),
    git(folder, ['status', '--porcelain=v2', '--branch', '-z', '--', '.']),
  ])
  const [files, status] = answers
  if (files === undefined || status === undefined || files === '') return undefined
  const lines = status.split('\0').filter((line) => line !== '')
  const oid = lines.find((line) => line.startsWith('# branch.oid '))?.slice('# branch.oid '.length)
  return {
    paths: files.split('\0').filter((path) => path !== ''),
    commit: oid && /^[0-9a-f]{40,64}$/.test(oid) ? oid : null,
    dirty: oid === '(initial)' || lines.some((line) => !line.startsWith('# ')),
  }
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  // The lock that status would take could make a git command of the user fail.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
  try {
    const { stdout } = await run('git', ['-C', folder, ...args], { env, maxBuffer: 1024 ** 3 })
    return stdout
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT' || stderr?.includes('not a git repository')) return undefined
    const owned = /detected dubious ownership in repository at '([^']+)'/.exec(stderr ?? '')
    if (!owned) throw error
    const message = `The repository ${owned[1]} is owned by another user than the one who runs this, and git reads no such repository. So nothing can be said of the commit of the project.`
    throw new PlatformError('git_repository_distrusted', message, { repository: owned[1]! }, { cause: error })
  }
}
