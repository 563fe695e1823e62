import { Guards, PlatformError } from '@airlock-ml/contract'
import { schemaProblems } from '@airlock-ml/sdk'

export const guardOption = {
  value: 'NAME=NUMBER',
  many: true,
  summary:
    'Guard that ends it, as `errorRate=0.02`, `p99Ratio=2`, `disagreement=0.1`, `drift=true`, `worse=false`, `maxMinutes=240`, `windowSeconds=60`; `=none` for no such guard',
} as const

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false }

/** `errorRate=0.02` and `p99Ratio=none` as guards; what is not named has its default. */
export function guardsFrom(pairs: readonly string[]): Guards {
  const given = Object.fromEntries(
    pairs.map((pair) => {
      const [, name, text] = /^([A-Za-z0-9]+)=(none|true|false|\d+(?:\.\d+)?)$/.exec(pair) ?? []
      if (name !== undefined) return [name, text === 'none' ? null : (FLAGS[text as string] ?? Number(text))]
      throw new PlatformError('cli_usage_invalid', `--guard takes NAME=NUMBER or NAME=none, and not ${pair}.`)
    }),
  )
  const read = Guards.safeParse(given)
  if (read.success) return read.data
  const [problem] = schemaProblems(Guards, given, read.error)
  throw new PlatformError('cli_usage_invalid', `--guard ${problem?.path}: ${problem?.message}`)
}
