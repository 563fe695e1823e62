import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs'

/** A log of lines that does not grow without end. */
export type RotatingLog = { file: string; write: (text: string) => void }

export type RotatingLogOptions = {
  /** Default 10 MB. */
  maxBytes?: number
  /** How many older files stay beside it, as `.1` and up. Default 4. */
  keep?: number
}

/** A full disk loses lines and ends nothing. */
export function openRotatingLog(file: string, options: RotatingLogOptions = {}): RotatingLog {
  const { maxBytes = 10_000_000, keep = 4 } = options
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const rotate = () => {
    rmSync(`${file}.${keep}`, { force: true })
    for (let at = keep - 1; at >= 0; at--) {
      const from = at === 0 ? file : `${file}.${at}`
      if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${file}.${at + 1}`)
    }
    size = 0
  }
  return {
    file,
    write: (text) => {
      const bytes = Buffer.byteLength(text)
      try {
        if (size > 0 && size + bytes > maxBytes) rotate()
        appendFileSync(file, text, { mode: 0o600 })
        size += bytes
      } catch {}
    },
  }
}
