import { type Action, mayDo, PlatformError, type Route, rights } from '@airlock-ml/contract'
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

function demand({ actor, roles }: Caller, action: Action, project: string | undefined): void {
  const here = roles.filter((binding) => binding.project === '*' || binding.project === project).map(({ role }) => role)
  if (mayDo(here, action)) return
  const where = project === undefined ? 'in the workspace' : `in the project ${project}`
  const has = here.length > 0 ? `is ${here.join(', ')} there` : 'has no role there'
  throw new PlatformError('forbidden', `${actor.name} may not do ${action} ${where}: ${actor.name} ${has}.`, {
    action,
    rolesThatMay: [...rights[action]],
  })
}
