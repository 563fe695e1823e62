import { PlatformError } from '@airlock-ml/contract'

/** `name=text` pairs of the command line. Throws `cli_usage_invalid` for anything else, and for a name given twice. */
export function claimsOf(pairs: readonly string[]): Record<string, string> {
  const claims = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (at < 1 || at === pair.length - 1 || claims.has(name))
      throw new PlatformError('cli_usage_invalid', `--claim takes NAME=TEXT, each name once; this is ${pair}.`)
    claims.set(name, pair.slice(at + 1))
  }
  return Object.fromEntries(claims)
}
