import type { z } from 'zod'
import type { ObjectStore } from './object-store.ts'

/** What a component can be tried on: the parts of the workspace that it stands for. */
export type CheckSurroundings = {
  /** The artifact store of the workspace. */
  artifacts: ObjectStore
  /** A name that nobody else uses, for what a check writes and removes again. */
  probe: string
}

/** What came of opening one component. `remedy` says what to do, and is null where there is nothing to do. */
export type ComponentFinding = { outcome: 'ok' | 'warn' | 'fail'; message: string; remedy: string | null }

/** One kind of a stack component: which settings it takes, and how to find out whether it works. */
export type Flavor = {
  config: z.ZodObject
  /** Opens the component and uses it a little. What it throws is told as a failure. */
  check: (config: Readonly<Record<string, unknown>>, surroundings: CheckSurroundings) => Promise<ComponentFinding>
}
