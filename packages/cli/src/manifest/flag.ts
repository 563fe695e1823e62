import type { OptionSpec } from './specs.ts'

/** `sourceWorkspace` → `--source-workspace`. */
export const flagOf = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** `-o, --output`. */
export const flagsOf = (key: string, { short }: OptionSpec): string =>
  short === undefined ? flagOf(key) : `-${short}, ${flagOf(key)}`

/** Paragraphs of a record as one line each: whoever shows them wraps them. */
export const unwrapped = (text: string): string => text.replace(/([^\n])\n(?=[^\n\s])/g, '$1 ')
