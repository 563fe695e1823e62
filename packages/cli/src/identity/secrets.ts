import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'

/** Asks for a secret on a terminal that does not show it. Throws `cli_usage_invalid` when nobody can be asked. */
export async function askSecret(
  context: Pick<Context, 'stdin' | 'stderr'>,
  { what, instead }: { what: string; instead: string },
): Promise<string> {
  const { stdin, stderr } = context
  if (!stdin.isTTY || !stderr.isTTY)
    throw new PlatformError('cli_usage_invalid', `Nobody is there to be asked for the password: use ${instead}.`)
  const { createInterface } = await import('node:readline/promises')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: stdin, output: nowhere, terminal: true })
  stderr.write(`${what}: `)
  return await prompt.question('').finally(() => {
    prompt.close()
    stderr.write('\n')
  })
}

/** What stdin holds, by its lines. Spaces belong to a secret. */
export const linesOf = async (stdin: Context['stdin']): Promise<string[]> => (await text(stdin)).split(/\r?\n/)
