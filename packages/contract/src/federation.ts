import { z } from 'zod'
import { Held } from './changes.ts'
import { ApiKey } from './identity.ts'
import { Id, KebabName, Reason, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** Claims that a token must carry, each with exactly this text. */
export const Claims = z
  .record(z.string().min(1).max(100), z.string().min(1).max(500))
  .meta({ id: 'Claims', description: 'Claims that a token must carry, each with exactly this text.' })
export type Claims = z.infer<typeof Claims>

/** The issuer of the tokens of GitHub Actions, as in their claim `iss`. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com'

/**
 * Which tokens of an OpenID Connect issuer sign a service account in. It binds to what nobody can take over: for GitHub
 * Actions the immutable `repository_id` and the `job_workflow_ref`, elsewhere at least the `sub`.
 */
export const FederationRule = z
  .object({
    id: Id,
    issuer: z.url().describe('As in the claim `iss`; https, or http on the loopback interface.'),
    audience: z
      .string()
      .min(1)
      .max(500)
      .describe('As in the claim `aud`: name this workspace, so that no token for another fits.'),
    claims: Claims,
    serviceAccount: KebabName,
    createdBy: z.string(),
    createdAt: Timestamp,
    removedAt: Timestamp.nullable(),
  })
  .meta({ id: 'FederationRule', description: 'Which tokens of an OpenID Connect issuer sign a service account in.' })
export type FederationRule = z.infer<typeof FederationRule>

export const federationRoutes = {
  createFederationRule: {
    method: 'POST',
    path: '/federation/rules',
    summary: 'Let tokens of an issuer sign a service account in.',
    action: 'identity:write',
    body: FederationRule.pick({ issuer: true, audience: true, claims: true, serviceAccount: true }),
    response: FederationRule,
    held: Held,
    status: 201,
    creates: true,
    errors: ['identity_not_found', 'federation_rule_invalid'],
  },
  listFederationRules: {
    method: 'GET',
    path: '/federation/rules',
    summary: 'List federation rules, removed ones included.',
    action: 'identity:read',
    query: PageQuery,
    response: page(FederationRule),
    errors: [],
  },
  removeFederationRule: {
    method: 'POST',
    path: '/federation/rules/{ruleId}/remove',
    summary: 'Stop taking the tokens of a rule, at once. Keys they were exchanged for end at once, too.',
    action: 'identity:write',
    params: z.object({ ruleId: Id }),
    body: z.object({ reason: Reason }),
    response: FederationRule,
    errors: ['federation_rule_not_found'],
  },
  exchangeToken: {
    method: 'POST',
    path: '/federation/exchange',
    summary: 'Exchange a token of a known issuer for an API key that lasts 15 minutes. Each token once.',
    action: 'public',
    body: z.object({ token: z.string().min(1).max(16_384) }),
    response: z.object({ apiKey: ApiKey, secret: z.string() }),
    status: 201,
    maxBodyBytes: 65_536,
    errors: ['federation_token_refused', 'federation_issuer_unreachable', 'identity_disabled'],
  },
} as const satisfies Routes
