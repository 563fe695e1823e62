import {
  type Claims,
  type GateVerdict,
  GITHUB_ISSUER,
  PlatformError,
  type Policy,
  type PolicySpec,
} from '@airlock-ml/contract'
import { unboundClaims } from '../federation/binding.ts'

/** How the verdict on who asks is called among those of the gates; no gate may be called so. */
export const REQUESTER_GATE = 'requested_by'

/** What the token of whoever asks must have said, its issuer always included. */
const demanded = (claims: Claims): Claims => ({ iss: GITHUB_ISSUER, ...claims })

/** What is wrong with a policy's `requested_by`: it must bind to what nobody can take over. */
export function requesterFlaws(claims: PolicySpec['requested_by']): string[] {
  if (!claims) return []
  const { iss, ...others } = demanded(claims)
  return unboundClaims(iss!, others).map(
    (name) => `${REQUESTER_GATE}: it binds to no ${name}, so that others could get such a token`,
  )
}

/**
 * Whether the token of whoever asks said what the policy demands, to the letter. One verdict, or none when the policy
 * takes requests of anybody. The claims are those that were verified when the token was exchanged, never the request's.
 */
export function askRequester({ requested_by }: PolicySpec, given: Claims | null | undefined): GateVerdict[] {
  if (!requested_by) return []
  const wanted = Object.entries(demanded(requested_by))
  const values = Object.fromEntries(
    wanted.map(([name]) => [name, given && Object.hasOwn(given, name) ? given[name]! : null]),
  )
  const wrong = wanted.filter(([name, text]) => values[name] !== text)
  const passed = wrong.length === 0
  const differs = wrong.map(([name, text]) => `${name} is ${values[name] ?? 'not there'}, not ${text}`)
  return [
    {
      name: REQUESTER_GATE,
      verdict: passed ? 'passed' : 'failed',
      expression: wanted.map(([name, text]) => `${name} == ${JSON.stringify(text)}`).join(' && '),
      grade: 'witnessed',
      values,
      message: passed
        ? null
        : given
          ? `Another job asked: ${differs.join('; ')}.`
          : 'It was not asked for by a job that proved which one it is.',
      remedy: passed ? null : 'Ask in the job that the policy names, after `airlock login WORKSPACE --oidc` in it.',
    },
  ]
}

/** @throws PlatformError `requester_not_allowed` */
export function demandRequester(policy: Policy | undefined, given: Claims | null | undefined): void {
  const failed = policy ? askRequester(policy.spec, given).filter(({ verdict }) => verdict === 'failed') : []
  const [verdict] = failed
  if (!verdict) return
  throw new PlatformError(
    'requester_not_allowed',
    `The policy ${policy!.name} (version ${policy!.version}) takes requests of one job only. ${verdict.message}`,
    { gates: failed },
  )
}
