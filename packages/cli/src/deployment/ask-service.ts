import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError, Problem } from '@airlock-ml/contract'

/** What a service answers: `/readyz` says whether a version does. */
export type Readiness = { isReady: true; model: string; version: number } | { isReady: false; why: string }

const ANSWER_MS = 30_000
const CARRY_OUT_MS = 5_000

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

/**
 * Does what changes a deployment, and resolves when its service says that it has carried that out; after a while also when
 * it does not, as one that answers elsewhere. Asked of the workspace: a request with a key that is not known yet would
 * count as one that was refused.
 */
export async function untilCarriedOut<T>(
  revisionNow: () => Promise<string | null | undefined>,
  change: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + CARRY_OUT_MS
  const seen = async (isIt: (revision: string) => boolean): Promise<string | null> => {
    for (; performance.now() < until; await sleep(50)) {
      const revision = await revisionNow()
      if (revision && isIt(revision)) return revision
    }
    return null
  }
  const before = await seen(() => true)
  const changed = await change()
  await seen((revision) => revision !== before)
  return changed
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
