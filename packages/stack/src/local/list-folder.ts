import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectInfo } from '../object-store.ts'
import { codeOf, guarded, type Place } from './fs-error.ts'

/** Every file, link and special file below a folder, as keys; the names in `skip` are left out at its top. */
export async function* listFolder(
  folder: string,
  prefix: string,
  { place, skip }: { place: Place; skip: ReadonlySet<string> },
): AsyncGenerator<ObjectInfo> {
  const waiting: { folder: string; prefix: string }[] = [{ folder, prefix }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for await (const entry of entriesOf(next.folder, place)) {
      if (next.folder === folder && skip.has(entry.name)) continue
      const path = join(next.folder, entry.name)
      const key = next.prefix + entry.name
      if (entry.isDirectory()) waiting.push({ folder: path, prefix: `${key}/` })
      else if (!entry.isFile()) yield { key, sizeBytes: 0, isRegular: false }
      else {
        const found = await guarded(place, lstat(path).catch(ignoreMissing))
        if (found) yield { key, sizeBytes: found.size, isRegular: found.isFile() }
      }
    }
  }
}

async function* entriesOf(folder: string, place: Place): AsyncGenerator<Dirent> {
  const opened = await guarded(place, opendir(folder, { bufferSize: 256 }).catch(ignoreMissing))
  if (opened) yield* opened
}

// What vanishes while the list is read was not there.
const ignoreMissing = (error: unknown): undefined => {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
  throw error
}
