import { errors, PlatformError, Problem, type Route } from '@airlock-ml/contract'

/** What a route answered, or throws what it refused with. */
export async function readAnswer(response: Response, options: { route: Route; validate: boolean }): Promise<unknown> {
  if (!response.ok) throw problemOf(response, await response.text())
  if (options.route.bytes === 'response') return response.body ?? new Blob([]).stream()
  const text = await response.text()
  const json = parseJson(text)
  if (json === undefined && text !== '') throw notUnderstood(response, 'something that is not JSON')
  if (!options.validate) return json
  const { held, response: done } = options.route
  const checked = (response.status === 202 && held ? held : done).safeParse(json)
  if (checked.success) return checked.data
  throw notUnderstood(response, `a body that does not fit the contract: ${checked.error.message}`)
}

function problemOf(response: Response, text: string): PlatformError {
  const problem = Problem.safeParse(parseJson(text))
  if (!problem.success) return notUnderstood(response, 'no problem details')
  const { requestId, code, detail, details } = problem.data
  return new PlatformError(code, detail, requestId === null ? details : { ...details, requestId })
}

/** An answer that no Airlock server of this version gives: a proxy's, another program's, a newer server's. */
function notUnderstood(response: Response, what: string): PlatformError {
  const isGateway = response.status >= 502 && response.status <= 504
  const message = `${response.url || 'The workspace'} answered ${response.status} with ${what}.`
  const code = isGateway ? 'workspace_unreachable' : 'internal'
  return new PlatformError(code, message, { status: response.status, title: errors[code].title })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
