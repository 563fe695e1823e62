import type { federationRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { createRule, removeRule } from './rules.ts'
import { listRules } from './store.ts'
import type { IssuerKeys } from './token.ts'

export function federationHandlers(deps: Deps): Handlers<typeof federationRoutes> {
  let keys: IssuerKeys | undefined
  return {
    createFederationRule: (tx, { body }, by) => createRule(tx, deps, body, by),
    listFederationRules: (page) => listRules(deps.db, page),
    removeFederationRule: ({ ruleId, body }, by) => removeRule(deps, { id: ruleId, ...body }, by),
    exchangeToken: async ({ body }, by) => {
      // Loaded only here: few requests sign in with a token, and every command would pay for it.
      const [{ issuerKeys }, { exchangeToken }] = await Promise.all([import('./token.ts'), import('./exchange.ts')])
      keys ??= issuerKeys()
      return exchangeToken(deps, keys, body.token, by)
    },
  }
}
