import picocolors from 'picocolors'

export type Colours = ReturnType<typeof picocolors.createColors>

/**
 * Colours for a stream: on a terminal only, never under NO_COLOR, always under FORCE_COLOR. The library's own guess also
 * colours pipes in CI, where scripts read them.
 */
export function coloursFor(stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Colours {
  if (env.NO_COLOR) return picocolors.createColors(false)
  if (env.FORCE_COLOR) return picocolors.createColors(true)
  return picocolors.createColors(stream.isTTY === true && env.TERM !== 'dumb')
}
