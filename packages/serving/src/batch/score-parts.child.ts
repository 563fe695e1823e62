// A thread of a batch: it loads the model once, and scores one part after the other.
import { parentPort, workerData } from 'node:worker_threads'
import { loadOnnx } from '@airlock-ml/tabular'
import type { FromThread, ThreadData, ToThread } from './score-in-threads.ts'
import { type Pace, scorePart } from './score-part.ts'
import { packError } from './thread-error.ts'

const { job, model: bytes, counters } = workerData as ThreadData
const port = parentPort!
const shared = new Int32Array(counters)
const pace: Pace = {
  scored: (rows) => void Atomics.add(shared, 1, rows),
  isStopped: () => Atomics.load(shared, 0) !== 0,
}
const tell = (message: FromThread) => port.postMessage(message)

try {
  // onnxruntime does not take shared memory.
  const model = await loadOnnx(new Uint8Array(new Uint8Array(bytes)))
  port.on('message', async (task: ToThread) => {
    if (task === 'end') {
      await model.close()
      port.close()
      return
    }
    try {
      tell({ done: await scorePart(model, job, { ...task, pace }), index: task.index })
    } catch (error) {
      tell({ failed: packError(error) })
    }
  })
  tell({ ready: true })
} catch (error) {
  tell({ failed: packError(error) })
}
