import type { Change } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Result } from '../output/result.ts'
import { fieldLines } from '../output/show.ts'
import { jsonDifference } from './difference.ts'

type Shown = { context: Context; workspace: string }

/** A change request with what it would change. */
export const changeResult = (change: Change, shown: Shown): Result => ({
  data: change,
  text: () => changeText(change, shown),
})

/** What a command ends with whose act was not done but waits for a second person. */
export const heldResult = (held: { change: Change }, { context, workspace }: Shown): Result => ({
  data: held,
  text: () => `${context.colours.yellow('not done yet')}: ${heldText(held.change, workspace)}`,
  exitCode: exitCodes.pending,
})

/** What happened and what to do next. */
export const heldText = (change: Change, workspace: string): string =>
  `it loosens ${change.subject}, and ${workspace} is under four eyes.
It waits as change request ${change.id} until ${change.expiresAt}. ${nextStep(change, workspace)}`

function nextStep({ id, mayDecide }: Change, workspace: string): string {
  const who =
    mayDecide.length === 0 ? 'Nobody else may approve it: there is no other platform-admin' : mayDecide.join(' or ')
  const command = `airlock change approve ${id} --as ${mayDecide[0] ?? 'ANOTHER-ADMIN'} --workspace ${workspace}`
  return `Another platform-admin looks at it and approves (${who}):\n  ${command}`
}

function changeText(change: Change, { context, workspace }: Shown): string {
  const { decision, reason } = { decision: change.decision, reason: change.decision?.reason }
  const fields = fieldLines(
    {
      id: change.id,
      state: change.state,
      act: `${change.operation}: ${change.subject}`,
      project: change.project ?? undefined,
      digest: change.digest,
      requested: `${change.requestedAt} by ${change.requestedBy}`,
      expires: change.state === 'pending' ? change.expiresAt : undefined,
      decided: decision ? `${decision.verdict} by ${decision.by} at ${decision.at}` : undefined,
      reason: reason ?? undefined,
    },
    context,
  )
  const difference = jsonDifference(change.before, change.after).map((line) => `  ${line}`)
  const parts = [fields, ['it changes', ...difference].join('\n')]
  if (change.state === 'pending') parts.push(nextStep(change, workspace))
  return parts.join('\n\n')
}
