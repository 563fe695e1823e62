import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StepCommand } from '@airlock-ml/contract'
import { invalid } from '../define/check-names.ts'
import { showValue } from '../show-value.ts'
import { digestFiles } from './command-files.ts'
import { projectRoot } from './project-root.ts'

/** What is run, and with what. */
export interface CommandOptions {
  /**
   * The program and its arguments; no shell reads them. It is started in the project's folder. A file of the project is
   * written as it lies there, or as a URL: `new URL('./train.py', import.meta.url)`. Its digest becomes part of the
   * snapshot.
   */
  readonly command: readonly (string | URL)[]
  /** Further files and folders that belong to the program, as modules it imports. Default none. */
  readonly files?: readonly (string | URL)[]
  /** Names of the environment variables that it gets of this process. Default `['PATH']`. */
  readonly env?: readonly string[]
  /** How long it may take to end when it is asked to, in milliseconds. Default 5,000. */
  readonly graceMs?: number
}

/** Throws `pipeline_invalid` for what cannot be started. */
export function checkCommand({ command, files, env, graceMs }: Required<CommandOptions>, what: string): void {
  if (!Array.isArray(command) || command.length === 0) {
    throw invalid(
      `The command of ${lower(what)} must be a list, as ['python3', 'src/train.py'], got ${showValue(command)}.`,
    )
  }
  for (const part of [...command, ...files]) {
    if (typeof part === 'string' && !part.includes('\0') && (part !== '' || part !== command[0])) continue
    if (part instanceof URL && part.protocol === 'file:') continue
    const got = part instanceof URL ? part.href : showValue(part)
    throw invalid(`${what} has ${got} in its command. Each part must be text, or the URL of a file.`)
  }
  for (const name of env) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('AIRLOCK_') && name !== 'TMPDIR') continue
    throw invalid(
      `${what} names ${showValue(name)} in its env. It takes names of variables, and not AIRLOCK_… or TMPDIR, which are set for it.`,
    )
  }
  if (Number.isInteger(graceMs) && graceMs >= 0 && graceMs <= 600_000) return
  throw invalid(`The graceMs of ${lower(what)} must be from 0 to 600000, got ${showValue(graceMs)}.`)
}

type Given = Required<Pick<CommandOptions, 'command' | 'files' | 'env'>>

/** A command as it stands in a snapshot: no path of this machine, and the digests of its files as they are now. */
export function describeCommand({ command, files, env }: Given, what: string): StepCommand {
  const root = rootOf([...command, ...files])
  const pathOf = (part: string | URL) => (part instanceof URL ? fileURLToPath(part) : resolve(root, part))
  const own = [...command.filter((part) => part instanceof URL), ...files]
  const digests = digestFiles(root, { named: command.map(pathOf), files: own.map(pathOf), what })
  const shown = (part: string | URL) =>
    part instanceof URL ? relative(root, fileURLToPath(part)).split(sep).join('/') : part
  return { argv: command.map(shown), env: [...env], files: digests }
}

/** A command as it is started, and in which folder. */
export function startableCommand(command: readonly (string | URL)[]): { argv: string[]; dir: string } {
  return { argv: command.map((part) => (part instanceof URL ? fileURLToPath(part) : part)), dir: rootOf(command) }
}

/** The project: of the first file that is named as a URL, else of the folder that the run was started in. */
function rootOf(parts: readonly (string | URL)[]): string {
  const own = parts.find((part) => part instanceof URL)
  return projectRoot(own ? dirname(fileURLToPath(own)) : process.cwd())
}

const lower = (what: string) => what.charAt(0).toLowerCase() + what.slice(1)
