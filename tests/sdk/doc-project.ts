import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '../..')

/** A project made of the blocks of a page that name a file, as `ts src/steps/a.ts`. */
export interface DocProject {
  readonly dir: string
  /** Paths of the files, in the order of the page. */
  readonly files: readonly string[]
  readonly load: <T>(file: string) => Promise<T>
  readonly remove: () => Promise<void>
}

export async function openDocProject(page: string): Promise<DocProject> {
  const text = await readFile(join(root, 'docs', page), 'utf8')
  const dir = await mkdtemp(join(tmpdir(), 'airlock-doc-'))
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  await writeFile(join(dir, 'airlock.config.ts'), '')
  const files: string[] = []
  for (const [, file = '', content = ''] of text.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), content)
    files.push(file)
  }
  const load = async <T>(file: string) => (await import(pathToFileURL(join(dir, file)).href)) as T
  return { dir, files, load, remove: () => rm(dir, { recursive: true }) }
}
