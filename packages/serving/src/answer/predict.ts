import type { IncomingMessage } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'
import { answerText } from './answer-text.ts'
import type { Answered } from './batcher.ts'
import { demandJson } from './demand-json.ts'
import { nobodyServes } from './nobody-serves.ts'
import { parseBody } from './parse-body.ts'
import { type Ask, readInvoke, readPredict } from './read-ask.ts'
import { readBody } from './read-body.ts'
import { type Reply, send, sendProblem } from './reply.ts'
import type { Serving } from './serving.ts'

/** How the body of each route is read. */
export const predictionRoutes: ReadonlyMap<string, (body: unknown, parameter: string) => Ask> = new Map([
  ['/v1/predict', readPredict],
  ['/invoke', readInvoke],
])

type Wanted = Reply & { read: (body: unknown, parameter: string) => Ask }

/** Answers a request for predictions, or says why not. One promise a request: each costs as much as a header. */
export function predict(serving: Serving, { request, response, read }: Wanted): void {
  let startedAt = performance.now()
  const end = (status: number) => serving.counters.ended(status, (performance.now() - startedAt) / 1_000)
  const refuse = (error: unknown) => end(sendProblem(serving, { request, response, error }))
  const { limits } = serving.settings()
  let hasKey = false
  try {
    hasKey = admit(serving, request)
    demandJson(request)
  } catch (error) {
    refuse(error)
    return
  }
  const answerTo = (body: Buffer) => {
    startedAt = performance.now()
    try {
      const ask = read(parseBody(body), serving.plan.parameter)
      demandRoom(serving, ask.rows.length)
      if (!serving.router.champion()) throw nobodyServes(serving, hasKey)
      const { rows, key, subject, isOne } = ask
      const answer = (answered: Answered) => {
        const text = answerText(answered, isOne)
        serving.counters.predicted(answered.version.number, rows.length)
        send(serving, { request, response, status: 200, requestId: answered.ids[0]!, text })
        end(200)
      }
      const asked = { rows, key, subject, receivedAtMs: Date.now(), receivedAt: startedAt }
      // Not `.then(answer, refuse)`: what a pipeline answers need not be JSON.
      serving.router.ask(asked).then(answer).catch(refuse)
    } catch (error) {
      refuse(error)
    }
  }
  readBody(request, limits.bodyBytes, (fault, body) => {
    const starting = serving.starting()
    if (fault) refuse(fault)
    else if (starting && !serving.router.champion()) starting.then(() => answerTo(body))
    else answerTo(body)
  })
}

/** Refuses before the body is read. Says whether the caller has a key. */
function admit(serving: Serving, request: IncomingMessage): boolean {
  const callers = serving.callers()
  const keyId = callers.demand(request.headers.authorization)
  callers.take(keyId)
  return keyId !== null
}

/** Refuses before anything is calculated. */
function demandRoom({ settings, router }: Serving, rows: number): void {
  const { limits } = settings()
  if (rows > limits.rowsPerRequest)
    throw new PlatformError('too_many_rows', `It has ${rows} rows; ${limits.rowsPerRequest} is the most.`)
  if (router.waitingRows() + rows > limits.waitingRows)
    throw new PlatformError('service_busy', `${limits.waitingRows} rows are in hand.`, { retryAfterSeconds: 1 })
}
