import { isPlatformError } from '@airlock-ml/contract'
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

const here = new URL('..', import.meta.url).href
const isOurs = (line: string) => line.includes(here) || line.includes('/node_modules/@airlock-ml/')

/**
 * Where in their own code a step of authors failed; undefined where no frame is theirs. An error of the catalogue says
 * all there is to say.
 */
export function authorsStack(error: Error): string | undefined {
  if (isPlatformError(error) || error.name === 'PlatformError' || error.stack === undefined) return undefined
  const isFrame = (line: string) => /^ {4}at /.test(line)
  const lines = error.stack.split('\n').filter((line) => !isFrame(line) || !(isOurs(line) || line.includes('node:')))
  return lines.some(isFrame) ? lines.join('\n') : undefined
}
