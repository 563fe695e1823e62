import { readFile, rename, writeFile } from 'node:fs/promises'

/** What a supervisor says of the service it keeps alive. */
export type SupervisorState = {
  /** `restarting`: a process of it ended, and is started again at `nextStartAt`. */
  state: 'starting' | 'serving' | 'restarting' | 'stopped' | 'over'
  supervisorPid: number
  /** Where it answers, or last did. */
  url: string | null
  /** The port that its settings asked for then; 0 for any. */
  askedPort: number
  /** Process ids, by number of the process. */
  pids: Record<string, number>
  /** How often a process ended by itself since the supervisor started. */
  restarts: number
  lastExit: { at: string; how: string } | null
  nextStartAt: string | null
  /** What the service does not do, and why; null when all is well. */
  trouble: string | null
  updatedAt: string
}

/** Null where nothing ran yet. */
export async function readSupervisorState(file: string): Promise<SupervisorState | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as SupervisorState
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Keeps the state in its file; what is written last is what stays. */
export function openSupervisorState(
  file: string,
  first: Omit<SupervisorState, 'updatedAt'>,
  now: () => Date,
): { now: () => Readonly<SupervisorState>; change: (change: Partial<SupervisorState>) => Promise<void> } {
  let state: SupervisorState = { ...first, updatedAt: now().toISOString() }
  let written: Promise<void> = Promise.resolve()
  return {
    now: () => state,
    change: (change) => {
      state = { ...state, ...change, updatedAt: now().toISOString() }
      const text = `${JSON.stringify(state, null, 2)}\n`
      written = written
        .then(() => writeFile(`${file}.tmp`, text, { mode: 0o600 }))
        .then(() => rename(`${file}.tmp`, file))
        // A disk that is full must not end the service.
        .catch(() => {})
      return written
    },
  }
}
