import { PlatformError } from '@airlock-ml/contract'
import type { RequestContext } from '../http/request-context.ts'

/**
 * What signs a person in, or signs for them, is given by that person, with a key that may do all that they may.
 * @throws PlatformError `forbidden` for a machine and for a bound API key
 */
export function demandPerson({ actor, scope }: RequestContext, what: string): void {
  if (actor.kind !== 'user')
    throw new PlatformError('forbidden', `A ${what} is a person's, and ${actor.name} is a ${actor.kind}.`)
  if (scope && (scope.project !== null || scope.actions !== null))
    throw new PlatformError('forbidden', `The API key is bound, so it cannot give its owner a ${what}.`)
}
