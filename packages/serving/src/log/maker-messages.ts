import type { MadePart } from './make-part.ts'

/** What a process that makes parts is asked. */
export type ToMaker = { segment: string; inputsKey: string }

/** What it answers; the bytes of a part follow over `BYTES_FD`. */
export type FromMaker = { made: MadeAside } | { failed: string }

type MadeAside = Omit<MadePart, 'part'> & {
  part: (Omit<NonNullable<MadePart['part']>, 'bytes'> & { sizeBytes: number }) | null
}

/** The file descriptor over which it hands over the bytes of a part. */
export const BYTES_FD = 4
