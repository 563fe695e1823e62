import type { Hook } from '@airlock-ml/sdk'

const announce: Hook = ({ run, log }) => log.info(`${run.pipeline} succeeded`)
export default announce
