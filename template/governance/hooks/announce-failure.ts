import type { Hook } from '@airlock-ml/sdk'

/** Says that a run failed, where, and why. Replace the line by a message to your chat. */
const announceFailure: Hook = ({ run, error, log }) => {
  const where = error?.step ? ` at ${error.step}` : ''
  log.error(`${run.pipeline} failed in ${run.environment}${where}: ${error?.message.split('\n', 1)[0] ?? 'unknown'}`)
}

export default announceFailure
