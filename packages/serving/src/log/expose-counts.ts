import type { ServiceReport } from '@airlock-ml/contract'
import type { Counters } from '../answer/counters.ts'

type LogCounts = Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>

/** What became of predictions, as metrics. */
export function exposeLogCounts({ counters }: { counters: Pick<Counters, 'watch'> }, counts: () => LogCounts): void {
  for (const [name, help, of] of [
    ['airlock_log_predictions_total', 'Predictions that were written to the prediction log.', 'logged'],
    ['airlock_log_waiting', 'Predictions that wait to be registered in the workspace.', 'logWaiting'],
    ['airlock_log_lost_total', 'Predictions that could not be recorded.', 'logLost'],
  ] as const)
    counters.watch({ name, help, value: () => counts()[of] })
}
