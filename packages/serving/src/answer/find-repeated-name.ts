/** What text of JSON is made of, as far as names are concerned. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs

/** The first name that an object in valid JSON has twice; null where there is none. */
export function findRepeatedName(json: string): string | null {
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const name = JSON.parse(last) as string
      const names = open.at(-1)
      if (names?.has(name)) return name
      names?.add(name)
    }
    last = token
  }
  return null
}
