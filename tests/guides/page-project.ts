import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { blocksOf } from './blocks.ts'

const root = join(import.meta.dirname, '../..')

/** A project made of the blocks of a page that name a file, as `ts src/steps/a.ts`. */
export interface PageProject {
  readonly dir: string
  /** Paths of the files, in the order of the page. */
  readonly files: readonly string[]
  readonly load: <T>(file: string) => Promise<T>
  readonly remove: () => Promise<void>
}

export async function openPageProject(name: string): Promise<PageProject> {
  const page = await readFile(join(root, 'docs', name), 'utf8')
  const dir = await mkdtemp(join(tmpdir(), 'airlock-doc-'))
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  await writeFile(join(dir, 'airlock.config.ts'), '')
  const files: string[] = []
  for (const { info: file, text, line } of blocksOf(page)) {
    if (file === '') throw new Error(`The block of line ${line} names no file.`)
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
    files.push(file)
  }
  const load = async <T>(file: string) => (await import(pathToFileURL(join(dir, file)).href)) as T
  return { dir, files, load, remove: () => rm(dir, { recursive: true }) }
}
