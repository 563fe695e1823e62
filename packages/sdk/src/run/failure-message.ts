import { showValue } from '../show-value.ts'

const longestMessage = 20_000

/** What a thrown value says, for people. `who` threw it, as `Step "load_data"`. */
export function failureMessage(thrown: unknown, who: string): string {
  return textOf(thrown, who).slice(0, longestMessage).toWellFormed()
}

function textOf(thrown: unknown, who: string): string {
  if (!(thrown instanceof Error)) return `${who} threw ${showValue(thrown)} instead of an Error.`
  if (thrown.message === '') return `${who} threw ${thrown.name} without a message.`
  const isPlain = ['Error', 'TypeError', 'PlatformError'].includes(thrown.name)
  return isPlain ? thrown.message : `${thrown.name}: ${thrown.message}`
}
