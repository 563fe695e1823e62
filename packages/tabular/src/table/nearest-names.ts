/** The up to three names closest to a misspelt one, best first; none when nothing is close. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3))
  return names
    .map((name) => ({ name, distance: editDistance(wanted.slice(0, 80), name.slice(0, 80)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** A sentence that names what was probably meant, or what there is. */
export function didYouMean(wanted: string, names: readonly string[]): string {
  const nearest = nearestNames(wanted, names)
  if (nearest.length > 0) return `Did you mean ${nearest.map((name) => JSON.stringify(name)).join(' or ')}?`
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name))
  return `There is: ${shown.join(', ') || 'no column'}${names.length > shown.length ? ', …' : ''}.`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}
