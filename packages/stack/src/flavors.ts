import { type ComponentType, PlatformError } from '@airlock-ml/contract'

/** The flavors each type of stack component has. */
export const flavors: Readonly<Record<ComponentType, readonly string[]>> = {
  orchestrator: ['local'],
  artifact_store: ['local'],
  container_registry: [],
  experiment_tracker: [],
  alerter: [],
}

/** Throws `flavor_unknown`, with the known flavors in `details`, unless the type has the flavor. */
export const assertFlavor = ({ type, flavor }: { type: ComponentType; flavor: string }): void => {
  const known = flavors[type]
  if (known.includes(flavor)) return
  const choice = known.length > 0 ? `It has: ${known.join(', ')}.` : 'It has none yet; leave the component out.'
  throw new PlatformError('flavor_unknown', `The stack component \`${type}\` has no flavor \`${flavor}\`. ${choice}`, {
    type,
    flavor,
    flavors: [...known],
  })
}
