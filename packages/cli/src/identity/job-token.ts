import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'

const TIMEOUT_MS = 10_000

/**
 * The OpenID Connect token of the GitHub Actions job this runs in: asked for at ACTIONS_ID_TOKEN_REQUEST_URL, which a job
 * with the permission `id-token: write` has. Throws `cli_token_unavailable`.
 */
export async function jobToken({ env }: Pick<Context, 'env'>, audience: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env
  if (!url || !bearer)
    throw unavailable(
      'This is no GitHub Actions job with the permission `id-token: write`: it has no ACTIONS_ID_TOKEN_REQUEST_URL.',
    )
  const asked = new URL(url)
  asked.searchParams.set('audience', audience)
  const headers = { authorization: `Bearer ${bearer}` }
  const response = await fetch(asked, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => {
    throw unavailable(`GitHub did not answer: ${error.message}.`)
  })
  const { value } = (await response.json().catch(() => ({}))) as { value?: unknown }
  if (response.ok && typeof value === 'string') return value
  throw unavailable(`GitHub answered ${response.status} and no token.`)
}

const unavailable = (message: string) => new PlatformError('cli_token_unavailable', message)
