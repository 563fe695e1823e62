import { PlatformError } from '@airlock-ml/contract'
import type { Serving } from './serving.ts'

/** That no version answers. Who recalled what, and why, is told to callers with a key alone. */
export function nobodyServes({ router }: Pick<Serving, 'router'>, hasKey: boolean): PlatformError {
  const { why, isRecalled } = router.nobody()
  const known = isRecalled ? 'No version answers (recalled).' : 'No version answers.'
  return new PlatformError('nobody_serves', hasKey ? why : known)
}
