// A thread that checks one model: it takes a tenth of a second, in which the service has others to answer.
import { parentPort, workerData } from 'node:worker_threads'
import { namesOfModel } from '@airlock-ml/tabular/names-of-model'
import { packError } from '../batch/thread-error.ts'
import type { NamesOrError } from './names-in-thread.ts'

const tell = (said: NamesOrError) => parentPort?.postMessage(said)
try {
  tell({ names: namesOfModel(workerData as Uint8Array) })
} catch (error) {
  tell({ failed: packError(error) })
}
