import type { AnyStep } from './any-step.ts'

/** What collects the steps that a pipeline's `build` calls. */
export interface Builder {
  add(step: AnyStep, call: object): unknown
  /** Does `work`, in which the name of each step that is added becomes another. */
  renamed<T>(rename: (name: string) => string, work: () => T): T
}

// On globalThis under a registered symbol: steps and compiler may come from two copies of this package.
const current = Symbol.for('@airlock-ml/sdk/builder.v1')
const ambient = globalThis as { [current]?: Builder | undefined }

export const currentBuilder = (): Builder | undefined => ambient[current]

/** Does `work` with `builder` as the one that steps add themselves to. */
export function withBuilder<T>(builder: Builder, work: () => T): T {
  const outer = ambient[current]
  ambient[current] = builder
  try {
    return work()
  } finally {
    ambient[current] = outer
  }
}
