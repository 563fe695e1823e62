import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { withoutGit } from './child-env.ts'

/** Made while the template is used in its place; never part of a copy. */
const MADE = new Set(['node_modules', '.airlock', 'out'])

/**
 * Copies the template to `dir`, anew, lets it find the packages and the command in `packages`, by default those of this
 * clone, and makes it a git repository of its own with one commit, so that every run of it names a real commit.
 */
export function makeProject(root: string, dir: string, packages: string = join(root, 'packages')): void {
  rmSync(dir, { recursive: true, force: true })
  cpSync(join(root, 'template'), dir, { recursive: true, filter: (path) => !MADE.has(basename(path)) })
  linkPackages(packages, dir)
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['add', '--all'])
  git(dir, ['commit', '--quiet', '--message=Start from the reference project'])
}

/** As `npm install` would leave it, but with links. */
function linkPackages(packages: string, dir: string): void {
  const scope = join(dir, 'node_modules', '@airlock-ml')
  const bin = join(dir, 'node_modules', '.bin')
  for (const folder of [scope, bin]) mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(packages)) symlinkSync(join(packages, name), join(scope, name), 'dir')
  symlinkSync(join(packages, 'cli', 'bin', 'airlock.mjs'), join(bin, 'airlock'))
}

function git(dir: string, args: readonly string[]): void {
  const who = ['-c', 'user.name=Airlock demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgSign=false']
  // Hooks of the machine's owner are none of the demo's business.
  const quiet = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.autocrlf=false']
  execFileSync('git', [...who, ...quiet, ...args], { cwd: dir, env: withoutGit(process.env), stdio: 'pipe' })
}
