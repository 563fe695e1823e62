import { z } from 'zod'
import { type ErrorCode, errors } from './errors.ts'
import { Json } from './names.ts'

/** An error on the wire: RFC 9457 problem details, with `code`, `remedy` and `details` of ours. */
export const Problem = z
  .object({
    type: z.string().describe('`urn:airlock:error:CODE`.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened this time, and why.'),
    code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
    remedy: z.string().describe('What the reader does next.'),
    details: z.record(z.string(), Json),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' })
export type Problem = z.infer<typeof Problem>

/**
 * The only error class that crosses a boundary: thrown by the server's rules and by the client alike.
 * `message` says what happened and why; `remedy` what to do; `details` is inert JSON.
 */
export class PlatformError extends Error {
  override name = 'PlatformError'
  readonly code: ErrorCode
  readonly details: Record<string, Json>

  constructor(code: ErrorCode, message: string, details: Record<string, Json> = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }

  get status(): number {
    return errors[this.code].status
  }

  get remedy(): string {
    return errors[this.code].remedy
  }

  toProblem(requestId: string | null): Problem {
    const { status, title, remedy } = errors[this.code]
    const { code, details, message: detail } = this
    return { type: `urn:airlock:error:${code}`, title, status, detail, code, remedy, details, requestId }
  }

  static fromProblem(problem: Problem): PlatformError {
    return new PlatformError(problem.code, problem.detail, problem.details)
  }
}

/** Whether `error` is a PlatformError, also one made by another copy of this package. */
export const isPlatformError = (error: unknown): error is PlatformError =>
  error instanceof Error && error.name === 'PlatformError' && 'code' in error && String(error.code) in errors
