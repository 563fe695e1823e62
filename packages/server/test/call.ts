import {
  API_PREFIX,
  type Api,
  api,
  commonErrors,
  type Held,
  isHeld,
  PlatformError,
  Problem,
  type Route,
  type RouteInput,
  type RouteResult,
} from '@airlock-ml/contract'

/** Calls an application by operation id, as one identity. */
export type Call = <K extends keyof Api>(
  operation: K,
  input: RouteInput<Api[K]>,
  headers?: Record<string, string>,
) => Promise<RouteResult<Api[K]>>

/** What an act answered that was done at once. */
export function done<T extends object>(answer: T | Held): T {
  if (isHeld(answer)) throw new Error(`It waits as change request ${answer.change.id}.`)
  return answer
}

/** The server may not know the client package, so its tests call it with this: the contract's routes over `fetch`. */
export const callAs =
  (answer: typeof fetch, apiKey: string | null): Call =>
  async (operation, input, headers = {}) => {
    const route: Route = api[operation]
    const { body, ...named } = input as Record<string, unknown>
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(named[name])))
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(named))
      if (value !== undefined && !route.path.includes(`{${name}}`)) query.set(name, String(value))
    const response = await answer(`http://workspace${API_PREFIX}${path}?${query}`, {
      method: route.method,
      headers: { ...(apiKey && { authorization: `Bearer ${apiKey}` }), ...headers },
      ...(body !== undefined && {
        body: route.bytes === 'request' ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    })
    if (!response.ok) {
      const problem = Problem.parse(await response.json())
      const documented: readonly string[] = [...commonErrors, ...route.errors]
      if (!documented.includes(problem.code))
        throw new Error(`${operation} answers ${problem.code}, which its contract does not say.`)
      throw PlatformError.fromProblem(problem)
    }
    if (route.bytes === 'response') return response.body as never
    // Parsing here shows that the server keeps to its contract.
    const schema = response.status === 202 && route.held ? route.held : route.response
    return schema.parse(await response.json()) as never
  }
