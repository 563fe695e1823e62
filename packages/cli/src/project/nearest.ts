/** ` Did you mean x?` for the nearest of the names that exist, or nothing when none is near. */
export async function didYouMean(given: string, names: readonly string[]): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein')
  if (names.length === 0) return ''
  const longer = given.length >= 3 ? names.find((name) => name.startsWith(given)) : undefined
  const nearest = longer ?? closest(given, names)
  const isNear = longer !== undefined || distance(given, nearest) <= Math.max(2, Math.floor(given.length / 3))
  return isNear ? ` Did you mean ${nearest}?` : ''
}
