/**
 * Thrown by a step that would fail again: it is not retried, whatever its `retry` says.
 *
 * @example
 * if (rows === 0) throw new NonRetryableError('The file has no rows.')
 */
export class NonRetryableError extends Error {
  override readonly name = 'NonRetryableError'
}

/**
 * Thrown by a step that knows when to try again, as after an HTTP 429. It counts as an attempt of its `retry`, and only
 * the delay is another.
 *
 * @example
 * throw new RetryAfterError('The service is busy.', 30_000)
 */
export class RetryAfterError extends Error {
  override readonly name = 'RetryAfterError'
  /** At most a day; what is longer is a day. */
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options)
    if (!(retryAfterMs >= 0)) throw new RangeError(`retryAfterMs must be 0 or more, got ${retryAfterMs}.`)
    this.retryAfterMs = retryAfterMs
  }
}
