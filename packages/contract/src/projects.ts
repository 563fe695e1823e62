import { z } from 'zod'
import { Id, KebabName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** What models, pipelines and rights belong to. */
export const Project = z
  .object({ id: Id, name: KebabName, description: z.string(), createdAt: Timestamp })
  .meta({ id: 'Project', description: 'What models, pipelines and rights belong to.' })
export type Project = z.infer<typeof Project>

/** Path parameter of everything inside a project. */
export const inProject = z.object({ project: KebabName })

export const projectRoutes = {
  createProject: {
    method: 'POST',
    path: '/projects',
    summary: 'Create a project.',
    action: 'project:write',
    body: z.object({ name: KebabName, description: z.string().max(2_000).default('') }),
    response: Project,
    status: 201,
    creates: true,
    errors: ['project_exists'],
  },
  listProjects: {
    method: 'GET',
    path: '/projects',
    summary: 'List the projects that the caller may read.',
    action: 'authenticated',
    query: PageQuery,
    response: page(Project),
    errors: [],
  },
  showProject: {
    method: 'GET',
    path: '/projects/{project}',
    summary: 'Show a project.',
    action: 'project:read',
    params: inProject,
    response: Project,
    errors: [],
  },
} as const satisfies Routes
