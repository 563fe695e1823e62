import { distance } from 'fastest-levenshtein'

const shownNames = 8

/** A sentence that names what was probably meant, or else what there is. */
export function didYouMean(wanted: string, names: readonly string[]): string {
  const nearest = nearestNames(wanted, names)
  if (nearest.length > 0) return `Did you mean ${quoted(nearest, ' or ')}?`
  if (names.length === 0) return 'There are none.'
  return `There is ${quoted(names.slice(0, shownNames), ', ')}${names.length > shownNames ? ', …' : ''}.`
}

function nearestNames(wanted: string, names: readonly string[]): string[] {
  const mostEdits = Math.max(2, Math.ceil(wanted.length / 3))
  return names
    .map((name) => ({ name, edits: distance(wanted.slice(0, 80), name.slice(0, 80)) }))
    .filter(({ edits }) => edits <= mostEdits)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 2)
    .map(({ name }) => name)
}

function quoted(names: readonly string[], between: string): string {
  return names.map((name) => JSON.stringify(name)).join(between)
}
