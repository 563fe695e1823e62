import type { Result, Router } from 'hono/router'
import { LinearRouter } from 'hono/router/linear-router'

/**
 * A router that tries only the routes with the method and the number of segments of a request, in the order in which they
 * were added. Needs no matcher made beforehand: a command makes a few calls and ends.
 */
export class SegmentRouter<T> implements Router<T> {
  readonly name = 'SegmentRouter'
  readonly #routes: { method: string; path: string; handler: T }[] = []
  readonly #byShape = new Map<string, LinearRouter<T>>()
  readonly #methods = new Set<string>()
  #longest = 0

  add(method: string, path: string, handler: T): void {
    this.#routes.push({ method, path, handler })
    this.#methods.add(method)
    this.#longest = Math.max(this.#longest, segmentsOf(path))
    this.#byShape.clear()
  }

  match(method: string, path: string): Result<T> {
    // Whatever strangers send, there are no more shapes than these.
    const segments = Math.min(segmentsOf(path), this.#longest + 1)
    const shape = this.#methods.has(method) ? `${method} ${segments}` : String(segments)
    let router = this.#byShape.get(shape)
    if (!router) {
      router = new LinearRouter()
      for (const route of this.#routes)
        if (isAnywhere(route.path) || segmentsOf(route.path) === segments)
          router.add(route.method, route.path, route.handler)
      this.#byShape.set(shape, router)
    }
    return router.match(method, path)
  }
}

const isAnywhere = (path: string): boolean => path.includes('*')

/** A slash at the end begins no segment: a router takes a path with it for the one without. */
function segmentsOf(path: string): number {
  let segments = 0
  for (let at = 0; at < path.length - 1; at++) if (path.charCodeAt(at) === SLASH) segments++
  return segments
}

const SLASH = 47
