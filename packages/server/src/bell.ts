/** Tells whoever listens, any number of them, that something may have changed in the workspace. */
export type Bell = {
  ring: () => void
  /** `hear` is called at each ring, `end` once, when the workspace closes. Returns what stops both. */
  listen: (listener: Listener) => () => void
  /** The last ring: nobody has to wait any longer. */
  close: () => void
}

type Listener = { hear: () => void; end: () => void }

export function openBell(): Bell {
  const listeners = new Set<Listener>()
  let isClosed = false
  return {
    ring: () => {
      for (const { hear } of [...listeners]) hear()
    },
    listen: (listener) => {
      if (isClosed) listener.end()
      else listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      isClosed = true
      for (const { end } of [...listeners]) end()
      listeners.clear()
    },
  }
}
