/** `, did you mean x?` for the nearest of the names that exist, or nothing when none is near. */
export async function didYouMean(given: string, names: readonly string[]): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein')
  if (names.length === 0) return ''
  const nearest = closest(given, names)
  return distance(given, nearest) <= Math.max(2, Math.floor(given.length / 3)) ? ` Did you mean ${nearest}?` : ''
}
