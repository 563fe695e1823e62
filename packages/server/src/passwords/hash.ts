import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Cost of Argon2id: memory, passes over it, lanes. */
export type Cost = { memoryKib: number; passes: number; lanes: number }

/** What OWASP asks for at least. Raise it here: a hash of another cost is replaced when its owner signs in. */
const COST: Cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32

/** PHC string format, so that each hash says how it was made. */
const FORMAT = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

const argon2id = promisify((parameters: Argon2Parameters, done: (error: Error | null, tag: Buffer) => void) =>
  argon2('argon2id', parameters, done),
)

/** The same characters give the same hash, whichever keyboard composed them. Peppered: the database alone opens nothing. */
const tagOf = (password: string, { salt, cost, pepper }: { salt: Buffer; cost: Cost; pepper: Uint8Array }) =>
  argon2id({
    message: password.normalize('NFKC'),
    nonce: salt,
    secret: pepper,
    parallelism: cost.lanes,
    memory: cost.memoryKib,
    passes: cost.passes,
    tagLength: TAG_BYTES,
  })

/** A password's hash in PHC string format, by Argon2id with a fresh salt, off the event loop. */
export async function hashPassword(password: string, pepper: Uint8Array, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return phcOf(cost, salt, await tagOf(password, { salt, cost, pepper }))
}

/** Whether a password is the one of a hash. Without a hash it works as long and says no. */
export async function isPassword(password: string, hash: string | null, pepper: Uint8Array): Promise<boolean> {
  const { cost, salt, tag } = parse(hash ?? decoy)
  return timingSafeEqual(await tagOf(password, { salt, cost, pepper }), tag) && hash !== null
}

/** Whether a hash was made at another cost than today's. */
export const isOutdated = (hash: string): boolean => {
  const { cost } = parse(hash)
  return cost.memoryKib !== COST.memoryKib || cost.passes !== COST.passes || cost.lanes !== COST.lanes
}

function phcOf({ memoryKib, passes, lanes }: Cost, salt: Buffer, tag: Buffer): string {
  const [saltText, tagText] = [salt, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${saltText}$${tagText}`
}

function parse(hash: string): { cost: Cost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, lanes, salt, tag] = FORMAT.exec(hash) ?? []
  if (!salt || !tag) throw new Error('A stored password hash is not one of Argon2id in PHC string format.')
  return {
    cost: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

const decoy = phcOf(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(TAG_BYTES))
