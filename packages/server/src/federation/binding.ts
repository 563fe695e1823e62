import { type Claims, GITHUB_ISSUER } from '@airlock-ml/contract'

/** What claims must bind at least, by issuer: names can be taken over by others, these cannot. */
const bindings: Record<string, readonly string[]> = { [GITHUB_ISSUER]: ['repository_id', 'job_workflow_ref'] }
const defaultBindings = ['sub']

/** The claims of an issuer that would have to be bound, too, so that nobody else could get such a token. */
export const unboundClaims = (issuer: string, claims: Claims): string[] =>
  (bindings[issuer.replace(/\/$/, '')] ?? defaultBindings).filter((name) => claims[name] === undefined)
