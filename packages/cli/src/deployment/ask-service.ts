import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError, Problem } from '@airlock-ml/contract'

/** What a service answers: `/readyz` says whether a version does. */
export type Readiness = { isReady: true; model: string; version: number } | { isReady: false; why: string }

const ANSWER_MS = 30_000
const KNOWN_TRIES = 50

/** Whether a version answers there, and to a key of the deployment why none does; null when the service does not answer. */
export async function readinessOf(url: string, key: string | null): Promise<Readiness | null> {
  try {
    const headers = keyHeader(key)
    const response = await fetch(`${url}/readyz`, { headers, signal: AbortSignal.timeout(ANSWER_MS) })
    const said = (await response.json()) as { model?: string; version?: number; detail?: string }
    return response.ok
      ? { isReady: true, model: said.model ?? '', version: said.version ?? 0 }
      : { isReady: false, why: said.detail ?? '' }
  } catch {
    return null
  }
}

const keyHeader = (key: string | null): Record<string, string> =>
  key === null ? {} : { authorization: `Bearer ${key}` }

/** Resolves when the service knows a new key; after a while also when it does not, as where it answers elsewhere. */
export async function untilKnown(url: string, key: string): Promise<void> {
  const headers = { 'content-type': 'application/json', ...keyHeader(key) }
  for (let tries = 0; tries < KNOWN_TRIES; tries++) {
    const answer = await fetch(`${url}/v1/predict`, { method: 'POST', headers, body: '{}' }).catch(() => null)
    await answer?.body?.cancel()
    if (answer && answer.status !== 401) return
    await sleep(100)
  }
}

/**
 * Sends one document to a service and returns its answer.
 * @throws PlatformError `service_unreachable`, and what the service refuses with, as it says it
 */
export async function askService(
  url: string,
  { path, body, key }: { path: string; body: unknown; key: string | null },
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...keyHeader(key) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((cause: Error) => {
    const why = cause.cause instanceof Error ? cause.cause.message : cause.message
    throw new PlatformError('service_unreachable', `${url} does not answer: ${why}.`, {}, { cause })
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok && typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>
  const { data: problem } = Problem.safeParse(answer)
  if (problem) throw PlatformError.fromProblem(problem)
  throw new PlatformError('service_unreachable', `${url} answers ${response.status}, which is no answer of a service.`)
}
