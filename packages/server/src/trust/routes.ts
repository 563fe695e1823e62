import type { trustRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { noSuchKey, removeTrustedKey } from './change.ts'
import { retireTrustedKey } from './retire.ts'
import { findTrustedKey, listTrustedKeys } from './store.ts'

export const trustHandlers = (deps: Deps): Omit<Handlers<typeof trustRoutes>, 'addTrustedKey'> => ({
  listTrustedKeys: (page) => listTrustedKeys(deps.db, page),
  showTrustedKey: async ({ keyHint }) => {
    const key = await findTrustedKey(deps.db, keyHint)
    if (!key) throw noSuchKey(keyHint)
    return key
  },
  retireTrustedKey: ({ keyHint, body }, by) => retireTrustedKey(deps, { keyHint, ...body }, by),
  removeTrustedKey: ({ keyHint, body }, by) => removeTrustedKey(deps, { keyHint, ...body }, by),
})
