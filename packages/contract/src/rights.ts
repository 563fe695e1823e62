import { z } from 'zod'

/** What an identity may be in a project, or in the whole workspace (`*`). */
export const Role = z
  .enum(['viewer', 'data-scientist', 'ml-engineer', 'approver', 'platform-admin', 'service'])
  .meta({ id: 'Role', description: 'What an identity may be in a project.' })
export type Role = z.infer<typeof Role>

/** People, and machines that act for them. What a service may do is told apart: it is nobody's deputy. */
const everyone = ['viewer', 'data-scientist', 'ml-engineer', 'approver', 'platform-admin'] as const
const builders = ['data-scientist', 'ml-engineer', 'platform-admin'] as const
const movers = ['ml-engineer', 'platform-admin'] as const
const judges = ['ml-engineer', 'approver', 'platform-admin'] as const
const services = ['service'] as const
const admins = ['platform-admin'] as const

/**
 * Who may do what. The only telling of it: server, CLI, dashboard and docs read this table.
 * Approving is the approver's alone: an admin who wants to approve is given that role, and that is an audit event.
 */
export const rights = {
  'project:read': everyone,
  'project:write': admins,
  'stack:read': everyone,
  'stack:write': admins,
  'pipeline:read': everyone,
  'pipeline:write': builders,
  'run:read': everyone,
  'run:write': builders,
  'artifact:read': everyone,
  'artifact:write': builders,
  // Bytes, for whoever knows their digest: what a service needs, without what artifacts there are and what they are called.
  'blob:read': [...everyone, ...services],
  'blob:write': [...builders, ...services],
  'artifact:collect': admins,
  'model:read': everyone,
  'model:promote': movers,
  'model:rollback': movers,
  'model:export': movers,
  'model:reject': judges,
  'model:release': judges,
  'model:recall': judges,
  'model:lift-recall': ['approver', 'platform-admin'],
  'deployment:read': everyone,
  'deployment:write': movers,
  'deployment:serve': services,
  'prediction:read': ['data-scientist', 'ml-engineer', 'approver', 'platform-admin'],
  'prediction:label': builders,
  'prediction:erase': admins,
  'policy:read': everyone,
  'policy:write': admins,
  'comparison:read': everyone,
  'comparison:write': admins,
  'promotion:read': everyone,
  'promotion:request': movers,
  'promotion:decide': ['approver'],
  'identity:read': admins,
  'identity:write': admins,
  'change:read': ['approver', 'platform-admin'],
  'change:decide': admins,
  'trust:read': everyone,
  'trust:write': admins,
  'audit:read': ['approver', 'platform-admin'],
  'workspace:check': admins,
  'workspace:repair': admins,
  'workspace:rotate-key': admins,
} as const satisfies Record<string, readonly Role[]>

/** The actions of the table, as the wire names them. */
export const ActionName = z
  .enum(Object.keys(rights) as [Action, ...Action[]])
  .meta({ id: 'Action', description: 'Something a caller may be allowed to do.' })

/** Something a caller may be allowed to do. */
export type Action = keyof typeof rights

/** Whether any of `roles` gives the right to `action`. */
export const mayDo = (roles: readonly Role[], action: Action): boolean =>
  roles.some((role) => (rights[action] as readonly Role[]).includes(role))
