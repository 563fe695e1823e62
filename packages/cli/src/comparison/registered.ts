import type { RegisteredComparison } from '@airlock-ml/contract'

/** That a definition is registered, in a line. */
export const registeredText = ({ name, version, spec }: RegisteredComparison, workspace: string): string =>
  `comparison ${name} version ${version} judges versions of ${spec.model} in ${workspace}`
