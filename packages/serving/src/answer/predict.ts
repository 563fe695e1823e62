import type { IncomingMessage } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'
import { answerText } from './answer-text.ts'
import { type Ask, readInvoke, readPredict } from './read-ask.ts'
import { readBody } from './read-body.ts'
import { type Reply, send, sendProblem } from './reply.ts'
import type { Serving } from './serving.ts'

/** How the body of each route is read. */
export const predictionRoutes: Readonly<Record<string, (body: unknown, parameter: string) => Ask>> = {
  '/v1/predict': readPredict,
  '/invoke': readInvoke,
}

type Wanted = Reply & { read: (body: unknown, parameter: string) => Ask }

/** Answers a request for predictions, or says why not. */
export async function predict(serving: Serving, { request, response, read }: Wanted): Promise<void> {
  let startedAt = performance.now()
  let status = 200
  try {
    const ask = await admit(serving, { request, read, onWhole: () => (startedAt = performance.now()) })
    const answered = await serving.router.ask({ ...ask, receivedAtMs: Date.now(), receivedAt: startedAt })
    serving.counters.predicted(answered.version.number, ask.rows.length)
    send(serving, { request, response, status, text: answerText(answered, ask.isOne) })
  } catch (error) {
    status = sendProblem(serving, { request, response, error })
  }
  serving.counters.ended(status, (performance.now() - startedAt) / 1_000)
}

type Admission = { request: IncomingMessage; read: (body: unknown, parameter: string) => Ask; onWhole: () => void }

/** Refuses as early as can be: before the body is read, while it is, or before anything is calculated. */
async function admit(serving: Serving, { request, read, onWhole }: Admission): Promise<Ask> {
  const { limits } = serving.settings()
  if (serving.isDraining()) throw new PlatformError('service_draining', 'The service is stopping.')
  const keyId = serving.callers().demand(request.headers.authorization)
  serving.callers().take(keyId)
  const text = await readBody(request, limits)
  onWhole()
  const ask = read(parsed(text), serving.plan.parameter)
  if (ask.rows.length > limits.rowsPerRequest)
    throw new PlatformError('too_many_rows', `It has ${ask.rows.length} rows; ${limits.rowsPerRequest} is the most.`)
  if (serving.router.waitingRows() + ask.rows.length > limits.waitingRows)
    throw new PlatformError('service_busy', `${limits.waitingRows} rows are in hand.`, { retryAfterSeconds: 1 })
  return ask
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new PlatformError('request_invalid', `The body is not JSON: ${(error as Error).message.slice(0, 300)}`)
  }
}
