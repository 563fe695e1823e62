import picocolors from 'picocolors'
import type { Host } from '../context.ts'

export type Colours = ReturnType<typeof picocolors.createColors>

/**
 * Colours for a stream: on a terminal only, never under NO_COLOR, always under FORCE_COLOR. The library's own guess also
 * colours pipes in CI, where scripts read them.
 */
export function coloursFor(stream: { isTTY?: boolean }, env: Host['env']): Colours {
  if (env.NO_COLOR) return picocolors.createColors(false)
  if (env.FORCE_COLOR) return picocolors.createColors(true)
  return picocolors.createColors(stream.isTTY === true && env.TERM !== 'dumb')
}
