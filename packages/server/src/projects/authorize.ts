import { type Action, type KeyScope, mayDo, PlatformError, type Route, rights } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Caller } from '../http/request-context.ts'
import { findProject } from './store.ts'

/**
 * Whether a caller may use a route, by the table of rights: with a role in the route's project, or everywhere (`*`).
 * @throws PlatformError `forbidden`, `project_not_found`
 */
export async function authorize(
  { db }: Deps,
  caller: Caller,
  route: Route,
  project: string | undefined,
): Promise<void> {
  if (route.action !== 'public' && route.action !== 'authenticated') demand(caller, route.action, project)
  if (project !== undefined && !(await findProject(db, project)))
    throw new PlatformError('project_not_found', `There is no project ${project}.`)
}

function demand({ actor, roles, scope }: Caller, action: Action, project: string | undefined): void {
  if (scope) demandScope(scope, action, project)

  const here = roles.filter((binding) => binding.project === '*' || binding.project === project).map(({ role }) => role)
  if (mayDo(here, action)) return
  const where = project === undefined ? 'in the workspace' : `in the project ${project}`
  const has = here.length > 0 ? `is ${here.join(', ')} there` : 'has no role there'
  const takes =
    project === undefined ? ` It takes ${rights[action].join(' or ')}, held in every project (\`ROLE:*\`).` : ''
  throw new PlatformError('forbidden', `${actor.name} may not do ${action} ${where}: ${actor.name} ${has}.${takes}`, {
    action,
    rolesThatMay: [...rights[action]],
  })
}

/** A key never does more than its identity, and less when it is bound. */
function demandScope(scope: KeyScope, action: Action, project: string | undefined): void {
  if (scope.project !== null && scope.project !== project)
    throw new PlatformError('forbidden', `The API key is bound to the project ${scope.project}.`, {
      project: scope.project,
    })
  if (scope.actions !== null && !scope.actions.includes(action))
    throw new PlatformError(
      'forbidden',
      `The API key is bound to ${scope.actions.join(', ')}, and this is ${action}.`,
      {
        action,
        actions: scope.actions,
      },
    )
}
