import type { Params, Result, Router } from 'hono/router'
import { UnsupportedPathError } from 'hono/router'

type Route<T> = { method: string; segments: readonly string[] | '*'; handler: T }

const noParams: Params = Object.create(null)

/**
 * A router for paths of plain segments and `:name`, and for `*`, which is every path. It tries only the routes with the
 * method and the number of segments of a request, in the order in which they were added, and needs no matcher made
 * beforehand: a command makes a few calls and ends.
 */
export class SegmentRouter<T> implements Router<T> {
  readonly name = 'SegmentRouter'
  readonly #routes: Route<T>[] = []
  readonly #byShape = new Map<string, readonly Route<T>[]>()
  readonly #methods = new Set<string>()
  #longest = 0

  add(method: string, path: string, handler: T): void {
    const segments = path === '*' || path === '/*' ? '*' : segmentsOf(path)
    if (segments !== '*' && /[*{?]/.test(path)) throw new UnsupportedPathError(path)
    this.#routes.push({ method, segments, handler })
    this.#methods.add(method)
    this.#longest = Math.max(this.#longest, segments.length)
    this.#byShape.clear()
  }

  match(method: string, path: string): Result<T> {
    const segments = segmentsOf(path)
    const handlers: [T, Params][] = []
    for (const route of this.#routesOf(method, segments.length)) {
      const params = route.segments === '*' ? noParams : paramsOf(route.segments, segments)
      if (params) handlers.push([route.handler, params])
    }
    return [handlers]
  }

  #routesOf(method: string, length: number): readonly Route<T>[] {
    // Whatever strangers send, there are no more shapes than these.
    const shape = `${this.#methods.has(method) ? method : ''} ${Math.min(length, this.#longest + 1)}`
    const known = this.#byShape.get(shape)
    if (known) return known
    const routes = this.#routes.filter(
      (route) =>
        (route.method === method || route.method === 'ALL') &&
        (route.segments === '*' || route.segments.length === length),
    )
    this.#byShape.set(shape, routes)
    return routes
  }
}

/** A path with a slash at its end is the one without. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  if (segments.length > 2 && segments.at(-1) === '') segments.pop()
  return segments
}

/** Undefined where the path is another. */
function paramsOf(route: readonly string[], path: readonly string[]): Params | undefined {
  let params = noParams
  for (let at = 0; at < route.length; at++) {
    const [wanted, given] = [route[at]!, path[at]!]
    if (wanted.charCodeAt(0) !== COLON) {
      if (wanted !== given) return undefined
      continue
    }
    if (given === '') return undefined
    if (params === noParams) params = Object.create(null)
    params[wanted.slice(1)] ||= given
  }
  return params
}

const COLON = 0x3a
