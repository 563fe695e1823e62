import type { IncomingMessage } from 'node:http'
import { MIMEType } from 'node:util'
import { PlatformError } from '@airlock-ml/contract'

/**
 * Refuses a body that is said to be something else than JSON, or packed, before it is read: `media_type_unsupported`.
 * One of which nothing is said is taken, as it comes from simple clients; a browser has to say it, because what it may
 * send to other sites without asking them is never called JSON.
 */
export function demandJson({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const type = headers['content-type']
  if (type !== 'application/json' && !isJson(type, headers.origin))
    throw unsupported(`A body ${type === undefined ? 'of no named kind' : `of the kind ${shown(type)}`} is not read.`)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw unsupported(`A body with the content encoding ${shown(encoding)} is not read.`)
}

/** What the service reads, as an answer that refuses something else has it. */
export const READ = { accept: 'application/json', 'accept-encoding': 'identity' }

function isJson(type: string | undefined, origin: string | undefined): boolean {
  if (type === undefined) return origin === undefined
  try {
    const { essence, params } = new MIMEType(type)
    return essence === 'application/json' && /^(utf-?8|us-ascii)$/i.test(params.get('charset') ?? 'utf-8')
  } catch {
    return false
  }
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 100))

const unsupported = (message: string) => new PlatformError('media_type_unsupported', message)
