import { isDeepStrictEqual } from 'node:util'
import type { Stack } from '@airlock-ml/contract'
import { assertComponents } from '@airlock-ml/stack'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findStack, saveStack } from './store.ts'

/**
 * Creates a stack or replaces it. The same again changes nothing and leaves no event.
 * @throws PlatformError `flavor_unknown`, `flavor_not_built`, `stack_invalid`
 */
export const putStack = (
  deps: Deps,
  wanted: Pick<Stack, 'project' | 'name' | 'labels' | 'components'>,
  by: RequestContext,
): Promise<Stack> => {
  assertComponents(wanted.components)
  return transact(deps.db, async (tx) => {
    const before = await findStack(tx, wanted.project, wanted.name)
    const part = ({ labels, components }: Pick<Stack, 'labels' | 'components'>) => ({ labels, components })
    if (before && isDeepStrictEqual(part(before), part(wanted))) return before
    const now = deps.now().toISOString()
    const stack = { ...wanted, createdAt: before?.createdAt ?? now, updatedAt: now }
    await saveStack(tx, stack)
    await record(tx, deps, {
      type: before ? 'stack.changed' : 'stack.created',
      actor: by.actor,
      requestId: by.requestId,
      project: stack.project,
      subject: { kind: 'stack', id: stack.name },
      ...(before && { before: part(before) }),
      after: part(stack),
    })
    return stack
  })
}
