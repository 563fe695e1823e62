import type { Context } from '../context.ts'

/** What came of looking at one thing, and what to do about it. */
export type Outcome = { subject: string; outcome: 'ok' | 'warn' | 'fail'; message: string; remedy: string | null }

/** `✗ artifact_store:local  its folder is gone`, with what to do below it. */
export function outcomeLine(
  { subject, outcome, message, remedy }: Outcome,
  { colours }: Pick<Context, 'colours'>,
): string {
  const marks = { ok: colours.green('✓'), warn: colours.yellow('!'), fail: colours.red('✗') }
  const line = `${marks[outcome]} ${colours.bold(subject)}  ${message.replaceAll('\n', '\n    ')}`
  return remedy === null || outcome === 'ok' ? line : `${line}\n    ${colours.dim(`do  ${remedy}`)}`
}
