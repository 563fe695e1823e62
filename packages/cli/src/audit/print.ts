import type { LogVerdict } from '@airlock-ml/bundle'
import { type Json, PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import type { Asked } from './witness-heads.ts'

type About = { what: string; keyFrom: string; notAsked: Asked['notAsked']; context: Context }

/** What `audit verify` prints of a log that verifies. Throws `audit_log_invalid` for one that does not. */
export function verdictResult(verdict: LogVerdict, { what, keyFrom, notAsked, context }: About): Result {
  const { problems, events, checkpoints, witnesses } = verdict
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
  const result = shown(
    { ...verdict, keyFrom, notAsked },
    {
      log: context.colours.green(notAsked.length === 0 ? 'verified' : 'verified by itself; not against its witnesses'),
      workspace: verdict.workspace,
      events,
      root: verdict.rootHash,
      'signed heads': `${checkpoints.verified}, the last at ${last?.at}`,
      'signed by': `key ${last?.keyHint}`,
      'key from': keyFrom,
      'recovered by host': recoveriesText(verdict, context) || undefined,
      'evidence taken': verdict.evidence.taken > 0 ? `${verdict.evidence.taken} times, each complete` : undefined,
      'countersigned by':
        witnesses.map(({ name, size, at }) => `${name}, up to event ${size}, at ${at}`).join('\n') ||
        'nobody whose key was given',
      'not checked': uncheckedText(verdict, notAsked) || undefined,
    },
    { context },
  )
  return notAsked.length === 0 ? result : { ...result, exitCode: exitCodes.pending }
}

/** Loudly: admins that no second person let in. */
const recoveriesText = ({ recoveries }: LogVerdict, { colours }: Context): string =>
  recoveries
    .map(({ sequence, at, admin, reason }) =>
      colours.red(`event ${sequence}: the owner of the files made ${admin} an admin, alone, at ${at}: ${reason}`),
    )
    .join('\n')

/** What nobody has held against the log, and how it can be. */
function uncheckedText({ uncheckedWitnesses }: LogVerdict, notAsked: About['notAsked']): string {
  const lines = notAsked.map(
    ({ workspace, reason }) =>
      `whether events were cut off since ${workspace} witnessed the log, for it was not asked: ${reason} Ask as who may read its log (--as NAME), or bring a head with --witness FILE`,
  )
  if (uncheckedWitnesses.length > 0)
    lines.push(`countersignatures of ${uncheckedWitnesses.join(', ')}: give the key with --witness FILE`)
  return lines.join('\n')
}
