/** What a call of a step answers with, whatever it makes: something to be `after`. */
// No interface: those have no implicit index signature, which what a training pipeline returns needs.
export type Called = {
  /** For the compiler only. */
  readonly [calledBrand]?: true
}

declare const calledBrand: unique symbol

/** Which call it was. */
export interface CalledStep {
  readonly step: string
  /** The build that it was made in. */
  readonly owner: object
}

// Symbol.for, so that two copies of this package in one program understand each other.
const called = Symbol.for('@airlock-ml/sdk/called')

/** Marks the refs of a call, invisibly, so that a step without outputs can be waited for, too. */
export const markCalled = <T extends object>(refs: T, data: CalledStep): T =>
  Object.defineProperty(refs, called, { value: data })

/** Which call a value is of; undefined when it is none. */
export function readCalled(value: unknown): CalledStep | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<symbol, CalledStep | undefined>)[called]
}
