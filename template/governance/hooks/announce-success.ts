import type { Hook } from '@airlock-ml/sdk'

/** Says that a run succeeded. Replace the line by a message to your chat. */
const announceSuccess: Hook = ({ run, log }) => {
  const model = run.model ? ` with ${run.model.name} version ${run.model.number}` : ''
  log.info(`${run.pipeline} succeeded in ${run.environment}${model}`)
}

export default announceSuccess
