import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { CONFIG_FILE } from '../project/find-project.ts'

/** npm leaves files called .gitignore out of a package, so that the packed template has it without its dot. */
const placed = (path: string) => (path === 'gitignore' ? '.gitignore' : path)

/** Made while a project is used; never part of what is copied. */
const made = ['node_modules', '.airlock']

/** Where the reference project lies: beside the packed command, or at the root of a clone. */
export function templateFolder(start: string = import.meta.dirname): string {
  for (let dir = start; dirname(dir) !== dir; dir = dirname(dir)) {
    if (existsSync(join(dir, 'template', CONFIG_FILE))) return join(dir, 'template')
  }
  throw new PlatformError('cli_file_invalid', `The reference project is missing from the installation at ${start}.`)
}

/**
 * Copies the reference project into `target`, its configuration last, so that what was cut short is no project yet and
 * can be copied again. Throws `cli_folder_not_empty` when the folder holds anything that is not of the template.
 */
export async function copyTemplate(template: string, target: string): Promise<void> {
  const paths = await filesOf(template)
  await assertHoldsNothingElse(template, target)
  for (const path of [...paths.filter((each) => each !== CONFIG_FILE), CONFIG_FILE]) {
    await mkdir(dirname(join(target, path)), { recursive: true })
    await copyFile(join(template, path), join(target, placed(path)))
  }
}

async function filesOf(dir: string, below = ''): Promise<string[]> {
  const paths: string[] = []
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = join(below, entry.name)
    if (entry.isFile()) paths.push(path)
    else if (entry.isDirectory() && !made.includes(entry.name)) paths.push(...(await filesOf(dir, path)))
  }
  return paths
}

async function assertHoldsNothingElse(template: string, target: string): Promise<void> {
  const originals = new Map((await filesOf(template)).map((path) => [placed(path), join(template, path)]))
  const entries = existsSync(target) ? await readdir(target, { recursive: true, withFileTypes: true }) : []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(target.length + 1)
    if (path === '.git' || path.startsWith(join('.git', '/')) || entry.isDirectory()) continue
    const original = originals.get(path)
    if (original && (await isBeginningOf(join(target, path), original))) continue
    throw new PlatformError('cli_folder_not_empty', `${target} is not empty and no project: it holds ${path}.`)
  }
}

/** Whether a file is a copy of another, maybe one that was cut short. */
async function isBeginningOf(copy: string, whole: string): Promise<boolean> {
  const [some, all] = await Promise.all([readFile(copy), readFile(whole)])
  return all.subarray(0, some.length).equals(some)
}
