import type { DeploymentSettings, MonitoringSettings } from '@airlock-ml/contract'
import { loosensLimits } from '../monitoring/loosens-limits.ts'

/**
 * Whether settings let answer, or ask, what others do not, a version that was recalled and callers without a key; or let
 * go unnoticed, or unproven, what others would show: drift that would have been a breach, predictions that would still
 * have been kept. That is what four eyes hold back; every other setting is how a service works. Which version answers is
 * not set here: the policy of the stage decides it.
 */
export const letsMore = (before: DeploymentSettings, after: DeploymentSettings): boolean =>
  (before.onRecall === 'stop' && after.onRecall === 'go-on') ||
  (before.requiresKey && !after.requiresKey) ||
  keepsShorter(before.log, after.log) ||
  watchesLess(before.monitoring, after.monitoring)

/** `null` keeps for ever. What is recorded of a prediction, and how durably, is not looked at: see docs/four-eyes.md. */
const keepsShorter = (before: DeploymentSettings['log'], after: DeploymentSettings['log']): boolean =>
  after.retentionDays !== null && (before.retentionDays === null || after.retentionDays < before.retentionDays)

/**
 * Of other windows nobody can say that they show as much: larger ones level out what passes, smaller ones leave more to
 * chance.
 */
const watchesLess = (before: MonitoringSettings, after: MonitoringSettings): boolean =>
  loosensLimits(before, after) ||
  (['windowRows', 'windowSeconds', 'minRows'] as const).some((each) => before[each] !== after[each]) ||
  after.keepWindows < before.keepWindows
