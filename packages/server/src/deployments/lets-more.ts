import type { DeploymentSettings } from '@airlock-ml/contract'

/**
 * Whether settings let answer, or ask, what others do not: a version that was recalled, and callers without a key. That
 * is what four eyes hold back; every other setting is how a service works. Which version answers is not set here: the
 * policy of the stage decides it.
 */
export const letsMore = (before: DeploymentSettings, after: DeploymentSettings): boolean =>
  (before.onRecall === 'stop' && after.onRecall === 'go-on') || (before.requiresKey && !after.requiresKey)
