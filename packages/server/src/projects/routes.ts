import { PlatformError, type projectRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { createProject } from './create.ts'
import { findProject, listProjects } from './store.ts'

export const projectHandlers = (deps: Deps): Handlers<typeof projectRoutes> => ({
  createProject: (tx, { body }, by) => createProject(tx, deps, body, by),
  listProjects: (page, { roles, scope }) => {
    const mine = roles.map(({ project }) => project)
    const only = scope?.project ?? null
    const isOpen = (name: string) => mine.includes('*') || mine.includes(name)
    if (only !== null) return listProjects(deps.db, isOpen(only) ? [only] : [], page)
    return listProjects(deps.db, mine.includes('*') ? undefined : mine, page)
  },
  showProject: async ({ project }) => {
    const found = await findProject(deps.db, project)
    if (!found) throw new PlatformError('project_not_found', `There is no project ${project}.`)
    return found
  },
})
