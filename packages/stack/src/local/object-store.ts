import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertKey, assertPrefix } from '../object-key.ts'
import type { AbandonedWrite, Body, ObjectInfo, ObjectStore, WriteOptions, Written } from '../object-store.ts'
import { ObjectStoreError } from '../object-store-error.ts'
import { assertNoLinks, ensureFolders, realRoot, syncFolder } from './folders.ts'
import { codeOf, guarded, type Place, storeError } from './fs-error.ts'
import { installFile } from './install-file.ts'
import { listFolder } from './list-folder.ts'
import { fileBody, readFileRange } from './read-file.ts'
import { writeTempFile } from './write-file.ts'

/** Where writes in progress are. No key can name it, and no list shows it. */
const tempFolder = '.tmp'

/** What a local store may be given; tests pass their own ids and time. */
export type LocalObjectStoreOptions = {
  /** Make the folder. Default: every call fails with `unreachable` while it is missing. */
  create?: boolean
  /** Names temporary files. Default: a random UUID. */
  newId?: () => string
  /** Milliseconds since 1970. Default: the clock. */
  now?: () => number
}

/**
 * The object store of flavor `local`: a folder, in which an object is a file. Links inside it are never followed, since
 * whoever can write to an exchange could have put them there.
 */
export const openLocalObjectStore = async (
  rootDir: string,
  options: LocalObjectStoreOptions = {},
): Promise<ObjectStore> => {
  const store = new LocalObjectStore(resolve(rootDir), options)
  if (options.create) await store.create()
  return store
}

class LocalObjectStore implements ObjectStore {
  readonly uri: string
  readonly #rootDir: string
  readonly #newId: () => string
  readonly #now: () => number
  readonly #durable = new Set<string>()

  constructor(rootDir: string, { newId = randomUUID, now = Date.now }: LocalObjectStoreOptions) {
    this.uri = pathToFileURL(rootDir).href.replace(/\/+$/, '')
    this.#rootDir = rootDir
    this.#newId = newId
    this.#now = now
  }

  async create(): Promise<void> {
    const place = this.#place('')
    const first = await guarded(place, mkdir(this.#rootDir, { recursive: true }))
    if (first === undefined) return
    const above = dirname(first)
    for (let folder = this.#rootDir; folder !== above; folder = dirname(folder)) {
      await guarded(place, syncFolder(dirname(folder)))
    }
  }

  async read(key: string): Promise<Body> {
    const { path, place } = await this.#find(key)
    if (!(await guarded(place, lstat(path))).isFile()) throw storeError('not_a_file', place)
    return fileBody(path, place)
  }

  async readRange(key: string, range: { from: number; to: number }): Promise<Uint8Array> {
    const { path, place } = await this.#find(key)
    return readFileRange(path, place, range)
  }

  async write(key: string, body: Body, options: WriteOptions = {}): Promise<Written> {
    const { root, path, place } = await this.#locate(key)
    const temp = await this.#tempFile(root, place)
    const { sha256, sizeBytes } = await writeTempFile(temp, body, place)
    try {
      if (options.sha256 !== undefined && options.sha256 !== sha256) {
        throw new ObjectStoreError(
          'digest_mismatch',
          `The bytes for ${this.uri}/${key} have the SHA-256 ${sha256}, not ${options.sha256}; nothing was kept.`,
          { storeUri: this.uri, key, details: { expected: options.sha256, actual: sha256 } },
        )
      }
      const written = await this.#install(temp, { root, path, place, ifAbsent: options.ifAbsent ?? false })
      return { sha256, sizeBytes, written }
    } catch (error) {
      await rm(temp, { force: true }).catch(() => {})
      throw error
    }
  }

  async adopt(key: string, localFile: string, options: { ifAbsent?: boolean } = {}): Promise<{ written: boolean }> {
    const { root, path, place } = await this.#locate(key)
    if (!(await guarded(place, lstat(localFile))).isFile()) throw storeError('not_a_file', place)
    try {
      const file = await open(localFile, 'r')
      await file.sync().finally(() => file.close())
      const written = await this.#install(localFile, { root, path, place, ifAbsent: options.ifAbsent ?? false })
      return { written }
    } catch (error) {
      const cause = error instanceof ObjectStoreError ? error.cause : error
      if (codeOf(cause) !== 'EXDEV') throw error
    }
    const { written } = await this.write(key, fileBody(localFile, place), options)
    await rm(localFile, { force: true })
    return { written }
  }

  async stat(key: string): Promise<ObjectInfo | null> {
    try {
      const { path, place } = await this.#find(key)
      const found = await guarded(place, lstat(path))
      return found.isDirectory() ? null : { key, sizeBytes: found.size, isRegular: found.isFile() }
    } catch (error) {
      if (error instanceof ObjectStoreError && error.reason === 'not_found') return null
      throw error
    }
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    assertPrefix(prefix, this.uri)
    const place = this.#place(prefix)
    const root = await realRoot(this.#rootDir, place)
    const folder = join(root, prefix.replace(/\/$/, ''))
    try {
      await assertNoLinks(folder, place)
    } catch (error) {
      if (error instanceof ObjectStoreError && error.reason === 'not_found') return
      throw error
    }
    yield* listFolder(folder, prefix, { place, skip: new Set(prefix === '' ? [tempFolder] : []) })
  }

  async delete(key: string): Promise<void> {
    try {
      const { path, place } = await this.#find(key)
      await guarded(place, rm(path))
      await guarded(place, syncFolder(dirname(path)))
    } catch (error) {
      if (!(error instanceof ObjectStoreError) || error.reason !== 'not_found') throw error
    }
  }

  async ageMs(key: string): Promise<number | null> {
    try {
      const { path, place } = await this.#find(key)
      return this.#now() - (await guarded(place, lstat(path))).mtimeMs
    } catch (error) {
      if (error instanceof ObjectStoreError && error.reason === 'not_found') return null
      throw error
    }
  }

  async removeAbandoned(name: string, olderThanMs: number): Promise<boolean> {
    if (!(await this.listAbandoned(olderThanMs)).some((each) => each.name === name)) return false
    const place = this.#place('')
    await guarded(place, rm(join(await realRoot(this.#rootDir, place), tempFolder, name), { force: true }))
    return true
  }

  async listAbandoned(olderThanMs: number): Promise<AbandonedWrite[]> {
    const place = this.#place('')
    const folder = join(await realRoot(this.#rootDir, place), tempFolder)
    const names = await guarded(place, readdir(folder)).catch((error: unknown) => {
      if (error instanceof ObjectStoreError && error.reason === 'not_found') return []
      throw error
    })
    const abandoned: AbandonedWrite[] = []
    for (const name of names) {
      const found = await lstat(join(folder, name)).catch(() => undefined)
      const ageMs = found && this.#now() - found.mtimeMs
      if (found && ageMs !== undefined && ageMs >= olderThanMs) abandoned.push({ name, sizeBytes: found.size, ageMs })
    }
    return abandoned
  }

  #place(key: string): Place {
    return { storeUri: this.uri, key }
  }

  async #locate(key: string): Promise<{ root: string; path: string; place: Place }> {
    assertKey(key, this.uri)
    const place = this.#place(key)
    const root = await realRoot(this.#rootDir, place)
    return { root, path: join(root, key), place }
  }

  async #find(key: string): Promise<{ path: string; place: Place }> {
    const { path, place } = await this.#locate(key)
    await assertNoLinks(dirname(path), place)
    return { path, place }
  }

  async #tempFile(root: string, place: Place): Promise<string> {
    const folder = await ensureFolders(root, [tempFolder], { place, durable: this.#durable })
    return join(folder, `write-${this.#newId()}`)
  }

  async #install(from: string, to: { root: string; path: string; place: Place; ifAbsent: boolean }): Promise<boolean> {
    const { root, path, place, ifAbsent } = to
    const names = place.key.split('/').slice(0, -1)
    const folder = await ensureFolders(root, names, { place, durable: this.#durable })
    await assertNoLinks(folder, place)
    return guarded(place, installFile(from, join(folder, basename(path)), { folder, ifAbsent }))
  }
}
