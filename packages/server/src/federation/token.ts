import { PlatformError } from '@airlock-ml/contract'
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'

/** Only signatures with a public key: a symmetric one would let whoever knows our public keys sign. */
const ALGORITHMS = ['RS256', 'ES256']
const MAX_LIFE_SECONDS = 3_600
const CLOCK_TOLERANCE_SECONDS = 30
const DISCOVERY_TIMEOUT_MS = 5_000

/** The keys of issuers, fetched when first needed, kept, and fetched again when a token names one that is new. */
export type IssuerKeys = { keysOf: (issuer: string) => Promise<JWTVerifyGetKey> }

/** Looks an issuer's keys up by OpenID Connect Discovery 1.0. */
export function issuerKeys(): IssuerKeys {
  const known = new Map<string, JWTVerifyGetKey>()
  return {
    keysOf: async (issuer) => {
      const kept = known.get(issuer)
      if (kept) return kept
      const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) }).catch(
        unreachable(issuer),
      )
      const document = (await response.json().catch(unreachable(issuer))) as { issuer?: unknown; jwks_uri?: unknown }
      if (!response.ok || document.issuer !== issuer || typeof document.jwks_uri !== 'string')
        throw new PlatformError('federation_issuer_unreachable', `${url} does not describe the issuer ${issuer}.`)
      const jwksUri = new URL(document.jwks_uri)
      if (jwksUri.origin !== new URL(issuer).origin)
        throw new PlatformError(
          'federation_issuer_unreachable',
          `${issuer} keeps its keys at another origin, ${jwksUri.origin}.`,
        )
      const keys = createRemoteJWKSet(jwksUri, { timeoutDuration: DISCOVERY_TIMEOUT_MS, cooldownDuration: 1_000 })
      known.set(issuer, keys)
      return keys
    },
  }
}

const unreachable =
  (issuer: string) =>
  (cause: Error): never => {
    throw new PlatformError(
      'federation_issuer_unreachable',
      `${issuer} could not be asked for its keys: ${cause.message}.`,
      {},
      { cause },
    )
  }

/** The issuer a token names, not yet believed. @throws PlatformError `federation_token_refused` */
export function claimedIssuer(token: string): string {
  try {
    const { iss } = decodeJwt(token)
    if (typeof iss === 'string') return iss
  } catch {
    // falls through to the refusal
  }
  throw refused('it is no JSON Web Token with an issuer')
}

/**
 * What a token says, once its signature by the issuer's keys, its audience and its times hold.
 * @throws PlatformError `federation_token_refused`, `federation_issuer_unreachable`
 */
export async function verifyToken(
  token: string,
  { keys, issuer, audiences, now }: { keys: IssuerKeys; issuer: string; audiences: string[]; now: Date },
): Promise<JWTPayload & { jti: string; exp: number }> {
  try {
    const { payload } = await jwtVerify(token, await keys.keysOf(issuer), {
      issuer,
      audience: audiences,
      algorithms: ALGORITHMS,
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['jti', 'exp', 'iat', 'sub'],
    })
    const { jti, exp, iat } = payload as { jti: string; exp: number; iat: number }
    if (exp - iat > MAX_LIFE_SECONDS) throw refused(`it lasts ${exp - iat} s, longer than ${MAX_LIFE_SECONDS}`)
    return { ...payload, jti, exp }
  } catch (error) {
    if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return unreachable(issuer)(error)
    if (error instanceof errors.JOSEError) throw refused(error.message)
    throw error
  }
}

export const refused = (why: string) =>
  new PlatformError('federation_token_refused', `The token is not accepted: ${why}.`)
