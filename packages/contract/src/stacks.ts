import { z } from 'zod'
import { Json, KebabName, Labels, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

/** What a stack is made of; each type has flavors. */
export const ComponentType = z.enum([
  'orchestrator',
  'artifact_store',
  'container_registry',
  'experiment_tracker',
  'alerter',
])
export type ComponentType = z.infer<typeof ComponentType>

/** One part of a stack: a flavor and its settings. */
export const StackComponent = z.object({
  type: ComponentType,
  flavor: KebabName,
  config: z.record(z.string(), Json).default({}),
})
export type StackComponent = z.infer<typeof StackComponent>

/** Where and with what a pipeline runs. */
export const Stack = z
  .object({
    name: KebabName,
    project: KebabName,
    labels: Labels,
    components: z.array(StackComponent),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Stack', description: 'Where and with what a pipeline runs.' })
export type Stack = z.infer<typeof Stack>

/** Whether what a stack is made of works. */
export const StackCheck = z
  .object({
    stack: KebabName,
    sound: z.boolean().describe('Whether no component failed.'),
    components: z.array(
      z.object({
        type: ComponentType,
        flavor: z.string(),
        outcome: z.enum(['ok', 'warn', 'fail']),
        message: z.string(),
        remedy: z.string().nullable().describe('What to do; null where there is nothing to do.'),
      }),
    ),
  })
  .meta({ id: 'StackCheck', description: 'Whether what a stack is made of works.' })
export type StackCheck = z.infer<typeof StackCheck>

const one = inProject.extend({ stack: KebabName })

export const stackRoutes = {
  putStack: {
    method: 'PUT',
    path: '/projects/{project}/stacks/{stack}',
    summary: 'Create a stack or replace its components and labels.',
    action: 'stack:write',
    params: one,
    body: z.object({ labels: Labels.default({}), components: z.array(StackComponent).min(1) }),
    response: Stack,
    errors: ['project_not_found', 'flavor_unknown', 'flavor_not_built', 'stack_invalid'],
  },
  listStacks: {
    method: 'GET',
    path: '/projects/{project}/stacks',
    summary: 'List stacks.',
    action: 'stack:read',
    params: inProject,
    query: PageQuery,
    response: page(Stack),
    errors: [],
  },
  showStack: {
    method: 'GET',
    path: '/projects/{project}/stacks/{stack}',
    summary: 'Show a stack.',
    action: 'stack:read',
    params: one,
    response: Stack,
    errors: ['project_not_found', 'stack_not_found'],
  },
  checkStack: {
    method: 'POST',
    path: '/projects/{project}/stacks/{stack}/check',
    summary: 'Open each component of a stack and say what is wrong with it and what to do.',
    action: 'run:write',
    params: one,
    response: StackCheck,
    errors: ['project_not_found', 'stack_not_found'],
  },
} as const satisfies Routes
