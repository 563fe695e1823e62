import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'

/** Asks y/N on a terminal. Throws `cli_confirmation_missing` when nobody can be asked, `cli_declined` when the answer is no. */
export async function confirm(context: Context, question: string): Promise<void> {
  if (!context.stdin.isTTY || !context.stderr.isTTY) {
    throw new PlatformError('cli_confirmation_missing', 'It asks before it acts, and this is no terminal.')
  }
  const { createInterface } = await import('node:readline/promises')
  const prompt = createInterface({ input: context.stdin, output: context.stderr })
  const answer = await prompt.question(`${question} [y/N] `).finally(() => prompt.close())
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new PlatformError('cli_declined', 'The answer was no. Nothing was changed.')
}
