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
 * What the log of a step says of its failure: with where in the author's code it was, where that helps. An error that
 * says what its user has to do is told without; where it was then stands in the fields of the line.
 */
export function failureLine(thrown: unknown, who: string): { message: string; fields?: { stack: string } } {
  const message = failureMessage(thrown, who)
  const stack = thrown instanceof Error ? authorsStack(thrown) : undefined
  if (stack === undefined) return { message }
  return isOfUser(thrown as Error)
    ? { message, fields: { stack: stack.split('\n').filter(isFrame).join('\n') } }
    : { message: stack }
}

const isFrame = (line: string) => /^ {4}at /.test(line)

const isOfUser = (error: Error) => isPlatformError(error) || ['PlatformError', 'TableError'].includes(error.name)

/** Where in their own code a step of authors failed; undefined where no frame is theirs. */
function authorsStack(error: Error): string | undefined {
  if (error.stack === undefined) return undefined
  const lines = error.stack.split('\n').filter((line) => !isFrame(line) || !(isOurs(line) || line.includes('node:')))
  return lines.some(isFrame) ? lines.join('\n') : undefined
}
