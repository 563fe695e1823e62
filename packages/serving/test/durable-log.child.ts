import { setTimeout as sleep } from 'node:timers/promises'
import { DeploymentSettings } from '@airlock-ml/contract'
import { openPredictionLog } from '../src/log/open-prediction-log.ts'
import { answered, newId } from './answered.ts'

// Writes to a durable log for as long as it lives, and says each prediction that was acknowledged. No workspace is there.
const settings = DeploymentSettings.parse({ log: { durable: true, partRows: 500 } }).log
const silent = { info: () => {}, warn: () => {}, error: () => {} }
const log = await openPredictionLog({
  ...{ dir: process.argv[2]!, project: 'p', deployment: 'd', settings: () => settings, newId, log: silent },
  inputsKey: new Uint8Array(32),
  contact: () => Promise.reject(new Error('away')),
})
const ask = async () => {
  for (;;) {
    const batch = answered(7)
    await log.observe(batch)
    process.send?.(batch.ids)
    await sleep(1)
  }
}
await Promise.all(Array.from({ length: 8 }, ask))
