import type { JudgedBy, RegisteredComparison } from '@airlock-ml/contract'

/** That a definition is registered, in a line. */
export const registeredText = ({ name, version, spec }: RegisteredComparison, workspace: string): string =>
  `comparison ${name} version ${version} judges versions of ${spec.model} in ${workspace}`

/** By what was judged, and whether it was fixed before there was anything to look at. */
export function judgedByText({ name, registered, version, latest, beforehand }: JudgedBy): string {
  if (!registered) return `${name ?? 'no definition'}, which is not registered`
  const newer = latest !== null && version !== null && latest > version ? `, of which ${latest} is the newest` : ''
  return `${name} ${version}${newer}, registered ${beforehand ? 'beforehand' : 'afterwards'}`
}
