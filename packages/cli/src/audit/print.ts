import type { LogVerdict } from '@airlock-ml/bundle'
import { type Json, PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'

/** What `audit verify` prints of a log that verifies. Throws `audit_log_invalid` for one that does not. */
export function verdictResult(
  verdict: LogVerdict,
  { what, keyFrom, context }: { what: string; keyFrom: string; context: Context },
): Result {
  const { problems, events, checkpoints, witnesses, uncheckedWitnesses } = verdict
  if (!verdict.ok) {
    const [first, ...others] = problems.map(({ message }) => message)
    const more = others.length === 0 ? '' : ` ${others.length} more below.`
    const why = first ?? 'No signed head in it is believed.'
    throw new PlatformError('audit_log_invalid', `${what}: ${why}${more}`, {
      workspace: verdict.workspace,
      events,
      'key from': keyFrom,
      problems: problems.map((problem) => ({ ...problem })) as unknown as Json,
    })
  }
  const { last } = checkpoints
  return shown(
    { ...verdict, keyFrom },
    {
      log: context.colours.green('verified'),
      workspace: verdict.workspace,
      events,
      root: verdict.rootHash,
      'signed heads': `${checkpoints.verified}, the last at ${last?.at}`,
      'signed by': `key ${last?.keyHint}`,
      'key from': keyFrom,
      'countersigned by':
        witnesses.map(({ name, size, at }) => `${name}, up to event ${size}, at ${at}`).join('\n') ||
        'nobody whose key was given',
      'not checked':
        uncheckedWitnesses.length === 0
          ? undefined
          : `countersignatures of ${uncheckedWitnesses.join(', ')}: give the key with --witness FILE`,
    },
    { context },
  )
}
