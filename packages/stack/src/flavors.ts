import { type ComponentType, didYouMean, PlatformError } from '@airlock-ml/contract'
import type { Flavor } from './flavor.ts'
import { localArtifactStore } from './local/artifact-store.ts'
import { localOrchestrator } from './local/orchestrator.ts'

const built: Readonly<Record<ComponentType, Readonly<Record<string, Flavor>>>> = {
  orchestrator: { local: localOrchestrator },
  artifact_store: { local: localArtifactStore },
  container_registry: {},
  experiment_tracker: {},
  alerter: {},
}

/** Named already, so that a stack which asks for one is told that it is not there yet, not that it is a slip. */
const planned: Readonly<Record<ComponentType, readonly string[]>> = {
  orchestrator: ['vertex'],
  artifact_store: ['gcp', 's3'],
  container_registry: ['gcp'],
  experiment_tracker: ['mlflow'],
  alerter: ['slack'],
}

/** The flavors each type of stack component has. */
export const flavors: Readonly<Record<ComponentType, readonly string[]>> = Object.fromEntries(
  Object.entries(built).map(([type, each]) => [type, Object.keys(each)]),
) as Record<ComponentType, string[]>

/**
 * The flavor of a component. Throws `flavor_not_built` for one that is planned, and `flavor_unknown`, with the nearest
 * name, for every other; both with those that exist in `details`.
 */
export const flavorOf = ({ type, flavor }: { type: ComponentType; flavor: string }): Flavor => {
  const found = Object.hasOwn(built[type], flavor) ? built[type][flavor] : undefined
  if (found) return found
  const there = flavors[type]
  const details = { type, flavor, flavors: [...there] }
  const choice = there.length > 0 ? `It has: ${there.join(', ')}.` : 'It has none yet; leave the component out.'
  if (planned[type].includes(flavor)) {
    const message = `The flavor \`${flavor}\` of the stack component \`${type}\` is planned and not built yet. ${choice}`
    throw new PlatformError('flavor_not_built', message, details)
  }
  const hint = didYouMean(flavor, [...there, ...planned[type]])
  const nearest = hint.startsWith('Did') ? `${hint} ` : ''
  const message = `The stack component \`${type}\` has no flavor \`${flavor}\`. ${nearest}${choice}`
  throw new PlatformError('flavor_unknown', message, details)
}
