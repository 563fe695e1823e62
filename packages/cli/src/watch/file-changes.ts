import { existsSync } from 'node:fs'
import { watch } from 'chokidar'

// An editor that saves several files at once writes them within this.
const DEBOUNCE_MS = 120

/** Tells when files change. */
export type FileChanges = {
  /** Watches further files, also such as are not there yet. One that was changed since `sinceMs` counts as changed. */
  add: (files: readonly string[], sinceMs: number) => void
  count: () => number
  /** Resolves with the paths of the next files that change, when no more did for 120 ms. */
  next: () => Promise<readonly string[]>
  close: () => Promise<void>
}

export function watchFiles(): FileChanges {
  const watcher = watch([])
  // From when on each counts as changed; those that are not there yet are changed as they come.
  const known = new Map<string, number>()
  const changed = new Set<string>()
  let next = Promise.withResolvers<readonly string[]>()
  let timer: NodeJS.Timeout | undefined
  const note = (path: string) => {
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const { resolve } = next
      next = Promise.withResolvers()
      resolve([...changed])
      changed.clear()
    }, DEBOUNCE_MS)
  }
  watcher.on('change', note).on('unlink', note)
  watcher.on('add', (path, stats) => {
    const sinceMs = known.get(path)
    // The first time it is only found. From then on it comes back.
    known.set(path, 0)
    if (sinceMs === undefined || (stats && stats.mtimeMs > sinceMs)) note(path)
  })
  // What cannot be watched, as where the system has no watches left, is not worth ending the command for.
  watcher.on('error', () => {})
  return {
    add: (files, sinceMs) => {
      const fresh = files.filter((file) => !known.has(file))
      for (const file of fresh) known.set(file, existsSync(file) ? sinceMs : 0)
      if (fresh.length > 0) watcher.add(fresh)
    },
    count: () => known.size,
    next: () => next.promise,
    close: async () => {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}
