import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Json } from '@airlock-ml/contract'
import { hashBody } from '@airlock-ml/stack'

/** No path is longer. */
const longestPath = 1_000

/**
 * The files of the project that texts in parameters name, as `data/rows.csv`: most likely the step reads them. Paths in
 * the project, with `/`. Folders, and files outside of the project, are none.
 */
export async function filesNamedIn(parameters: Json, projectDir: string): Promise<string[]> {
  const paths = new Set<string>()
  for (const text of textsIn(parameters)) {
    if (text === '' || text.length > longestPath || /[\0\n]/.test(text)) continue
    const file = resolve(projectDir, text)
    const path = relative(projectDir, file)
    if (path === '' || path.startsWith('..') || isAbsolute(path)) continue
    const found = await stat(file).catch(() => null)
    if (found?.isFile()) paths.add(path.replaceAll(sep, '/'))
  }
  return [...paths]
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Digests of what parameters name, each file read once. */
export class NamedFiles {
  readonly #projectDir: string
  readonly #digests = new Map<string, Promise<string>>()

  constructor(projectDir: string) {
    this.#projectDir = projectDir
  }

  /** By path in the project. */
  async of(parameters: Json): Promise<Record<string, string>> {
    const paths = await filesNamedIn(parameters, this.#projectDir)
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await this.#digestOf(path)])))
  }

  #digestOf(path: string): Promise<string> {
    const known = this.#digests.get(path) ?? this.#read(path)
    this.#digests.set(path, known)
    return known
  }

  async #read(path: string): Promise<string> {
    return (await hashBody(createReadStream(resolve(this.#projectDir, path)))).sha256
  }
}
