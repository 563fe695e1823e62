import { z } from 'zod'
import { Actor } from './audit.ts'
import { Held } from './changes.ts'
import { Id, KebabName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { ActionName, Role } from './rights.ts'
import type { Routes } from './route.ts'

/** A role in one project, or in every project and the workspace itself (`*`). */
export const RoleBinding = z
  .object({ project: z.union([KebabName, z.literal('*')]), role: Role })
  .meta({ id: 'RoleBinding', description: 'A role in one project, or everywhere (`*`).' })
export type RoleBinding = z.infer<typeof RoleBinding>

/** A person who signs in. */
export const User = z
  .object({
    id: Id,
    name: KebabName,
    roles: z.array(RoleBinding),
    disabledAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'User', description: 'A person.' })
export type User = z.infer<typeof User>

/** A machine identity that a person answers for. */
export const ServiceAccount = z
  .object({
    id: Id,
    name: KebabName,
    owner: KebabName.describe('The user who answers for it: the two count as one person.'),
    roles: z.array(RoleBinding),
    disabledAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'ServiceAccount', description: 'A machine identity that a person answers for.' })
export type ServiceAccount = z.infer<typeof ServiceAccount>

/** What narrows a key below the roles of its identity: to one project, to some actions of the table of rights. */
export const KeyScope = z
  .strictObject({
    project: KebabName.nullable().default(null).describe('The only project it opens. Default: all that the roles do.'),
    actions: z
      .array(ActionName)
      .min(1)
      .nullable()
      .default(null)
      .describe('All it may do. Default: all that the roles allow.'),
  })
  .meta({ id: 'KeyScope', description: 'What narrows a key below the roles of its identity.' })
export type KeyScope = z.infer<typeof KeyScope>

/** A key that signs an identity in. Its secret is shown once, when it is made. */
export const ApiKey = z
  .object({
    id: z.string(),
    identity: KebabName,
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
    scope: KeyScope,
    mintedBy: KebabName.nullable().describe(
      'The person who made it, who therefore saw its secret; null for a key got for a token.',
    ),
  })
  .meta({ id: 'ApiKey', description: 'A key that signs an identity in.' })
export type ApiKey = z.infer<typeof ApiKey>

const named = z.object({ name: KebabName })
const roles = z.array(RoleBinding).default([])

/** Of what ends a person's part in deciding. */
export const SignersWarning = z
  .string()
  .nullable()
  .describe('What to see to now: that too few are left who can let a change through.')

export const identityRoutes = {
  whoami: {
    method: 'GET',
    path: '/whoami',
    summary: 'Show who the key belongs to.',
    action: 'authenticated',
    response: z.object({ actor: Actor, roles: z.array(RoleBinding) }),
    errors: [],
  },
  createUser: {
    method: 'POST',
    path: '/users',
    summary: 'Create a user.',
    action: 'identity:write',
    body: z.object({ name: KebabName, roles }),
    response: User,
    held: Held,
    status: 201,
    creates: true,
    errors: ['identity_exists'],
  },
  listUsers: {
    method: 'GET',
    path: '/users',
    summary: 'List users.',
    action: 'identity:read',
    query: PageQuery,
    response: page(User),
    errors: [],
  },
  showUser: {
    method: 'GET',
    path: '/users/{name}',
    summary: 'Show a user.',
    action: 'identity:read',
    params: named,
    response: User,
    errors: ['identity_not_found'],
  },
  createServiceAccount: {
    method: 'POST',
    path: '/service-accounts',
    summary: 'Create a service account that a user answers for.',
    action: 'identity:write',
    body: z.object({ name: KebabName, owner: KebabName, roles }),
    response: ServiceAccount,
    held: Held,
    status: 201,
    creates: true,
    errors: ['identity_exists', 'identity_not_found'],
  },
  listServiceAccounts: {
    method: 'GET',
    path: '/service-accounts',
    summary: 'List service accounts.',
    action: 'identity:read',
    query: PageQuery,
    response: page(ServiceAccount),
    errors: [],
  },
  showServiceAccount: {
    method: 'GET',
    path: '/service-accounts/{name}',
    summary: 'Show a service account.',
    action: 'identity:read',
    params: named,
    response: ServiceAccount,
    errors: ['identity_not_found'],
  },
  setRoles: {
    method: 'PUT',
    path: '/identities/{name}/roles',
    summary: "Replace an identity's roles.",
    action: 'identity:write',
    params: named,
    body: z.object({ roles: z.array(RoleBinding) }),
    response: z.object({ name: KebabName, roles: z.array(RoleBinding), warning: SignersWarning }),
    held: Held,
    creates: true,
    errors: ['identity_not_found', 'last_admin'],
  },
  disableIdentity: {
    method: 'POST',
    path: '/identities/{name}/disable',
    summary: 'Disable a user or service account: every key of theirs, and of a user’s service accounts, stops at once.',
    action: 'identity:write',
    params: named,
    response: z.object({ name: KebabName, disabledAt: Timestamp, warning: SignersWarning }),
    errors: ['identity_not_found', 'last_admin'],
  },
  createApiKey: {
    method: 'POST',
    path: '/api-keys',
    summary: 'Make an API key. The answer is the only time its secret is shown.',
    action: 'identity:write',
    body: z.object({
      identity: KebabName,
      expiresAt: Timestamp.nullable().default(null),
      scope: KeyScope.default({ project: null, actions: null }),
    }),
    response: z.object({ apiKey: ApiKey, secret: z.string() }),
    status: 201,
    errors: ['identity_not_found', 'identity_disabled'],
  },
  listApiKeys: {
    method: 'GET',
    path: '/api-keys',
    summary: 'List API keys, without their secrets.',
    action: 'identity:read',
    query: PageQuery.extend({ identity: KebabName.optional() }),
    response: page(ApiKey),
    errors: [],
  },
  showApiKey: {
    method: 'GET',
    path: '/api-keys/{id}',
    summary: 'Show an API key, without its secret.',
    action: 'identity:read',
    params: z.object({ id: z.string().max(64) }),
    response: ApiKey,
    errors: ['api_key_not_found'],
  },
  rotateApiKey: {
    method: 'POST',
    path: '/api-keys/{id}/rotate',
    summary:
      'Replace a key by one with the same scope. The old one goes on for a while. One’s own key, or any for an admin.',
    action: 'authenticated',
    params: z.object({ id: z.string().max(64) }),
    body: z.object({
      overlapSeconds: z.int().min(0).max(604_800).default(3_600).describe('How long the old key still works.'),
      expiresAt: Timestamp.nullable().default(null).describe('When the new key ends.'),
    }),
    response: z.object({ apiKey: ApiKey, secret: z.string() }),
    status: 201,
    errors: ['api_key_not_found', 'identity_disabled'],
  },
  revokeApiKey: {
    method: 'POST',
    path: '/api-keys/{id}/revoke',
    summary: 'Revoke an API key at once.',
    action: 'identity:write',
    params: z.object({ id: z.string().max(64) }),
    response: ApiKey,
    errors: ['api_key_not_found'],
  },
} as const satisfies Routes
