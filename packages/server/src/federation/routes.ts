import type { federationRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { removeRule } from './rules.ts'
import { listRules } from './store.ts'
import type { IssuerKeys } from './token.ts'

export function federationHandlers(deps: Deps): Omit<Handlers<typeof federationRoutes>, 'createFederationRule'> {
  let keys: IssuerKeys | undefined
  return {
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
