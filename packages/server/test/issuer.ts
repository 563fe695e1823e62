import { randomUUID } from 'node:crypto'
import { OAuth2Server } from 'oauth2-mock-server'

/** An OpenID Connect issuer on this machine, whose tokens carry `claims`. */
export async function startIssuer(claims: Record<string, unknown>) {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  return {
    server,
    url: server.issuer.url!,
    /** A fresh token; `change` edits its claims, `kid` names the key that signs it. */
    token: (change: Record<string, unknown> = {}, kid?: string): Promise<string> =>
      server.issuer.buildToken({
        ...(kid && { kid }),
        scopesOrTransform: (_, payload) => Object.assign(payload, claims, { jti: randomUUID() }, change),
        expiresIn: 300,
      }),
    stop: () => server.stop(),
  }
}
export type Issuer = Awaited<ReturnType<typeof startIssuer>>
