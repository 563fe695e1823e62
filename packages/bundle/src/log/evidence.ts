import type { LogProblem } from './verdict.ts'

/** Type of the event that names which events before it are about its subjects, so that evidence can leave out none. */
export const EVIDENCE_EVENT = 'evidence.taken'

/** What such an event says. */
export type TakenEvidence = {
  /** Its own number. */
  sequence: number
  project: unknown
  subjects: string[]
  sequences: number[]
}

/** What such an event says; of a file from anywhere, so that nothing is taken for granted. */
export function evidenceOf(sequence: number, entry: Record<string, unknown>): TakenEvidence {
  const { subjects, sequences } = (entry.after ?? {}) as { subjects?: unknown; sequences?: unknown }
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  return {
    sequence,
    project: entry.project,
    subjects: listOf(subjects).filter((each) => typeof each === 'string'),
    sequences: listOf(sequences).filter((each) => typeof each === 'number'),
  }
}

/** Holds what evidence names against the events of the whole log. */
export class EvidenceCheck {
  readonly #taken: { said: TakenEvidence; found: number[] }[]
  readonly #about: Map<string, { said: TakenEvidence; found: number[] }[]> = new Map()

  constructor(taken: readonly TakenEvidence[]) {
    this.#taken = taken.map((said) => ({ said, found: [] }))
    for (const each of this.#taken)
      for (const subject of new Set(each.said.subjects))
        this.#about.set(subject, [...(this.#about.get(subject) ?? []), each])
  }

  /** Takes the next event of the log. */
  take(sequence: number, { subject, project, type }: Record<string, unknown>): void {
    const { id } = (subject ?? {}) as { id?: unknown }
    if (type === EVIDENCE_EVENT || typeof id !== 'string') return
    for (const { said, found } of this.#about.get(id) ?? [])
      if (sequence < said.sequence && (project === null || project === said.project)) found.push(sequence)
  }

  /** After the last event: evidence that names others than there are. */
  problems(): LogProblem[] {
    return this.#taken.flatMap(({ said: { sequence, subjects, sequences }, found }) => {
      const [named, there] = [new Set(sequences), new Set(found)]
      const wrong = [...found.filter((each) => !named.has(each)), ...sequences.filter((each) => !there.has(each))]
      if (wrong.length === 0) return []
      const which = wrong.sort((a, b) => a - b).slice(0, 20)
      const message = `Event ${sequence} says which events are about ${subjects[0]}, and they are others: it is wrong about ${which.join(', ')}.`
      return [{ kind: 'evidence', sequence, message }]
    })
  }
}
