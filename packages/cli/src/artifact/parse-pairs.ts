import { type Json, PlatformError } from '@airlock-ml/contract'

/** `rows=569`, `owner=ada`: what is JSON is read as such, all else is text. */
export function pairsOf(option: string, pairs: readonly string[]): Record<string, Json> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), parsed(pair.slice(at + 1))]
      throw new PlatformError('cli_usage_invalid', `${option} takes KEY=VALUE, got ${JSON.stringify(pair)}.`)
    }),
  )
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
