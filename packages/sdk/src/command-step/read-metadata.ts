import { readFile, stat } from 'node:fs/promises'
import type { Json } from '@airlock-ml/contract'
import { isPlainObject, showValue } from '../show-value.ts'

const largestBytes = 4 * 1024 ** 2

/**
 * What a program wrote as JSON lines, each an object, of which later values replace earlier ones. Throws for a line that
 * is none, with its number.
 */
export async function readMetadata(file: string, what: string): Promise<Record<string, Json>> {
  const found = await stat(file).catch(() => null)
  if (!found) return {}
  if (found.size > largestBytes) {
    throw new Error(
      `${what} wrote ${found.size} bytes to AIRLOCK_METADATA. The most are ${largestBytes}: make it an output.`,
    )
  }
  const lines = (await readFile(file, 'utf8')).split('\n')
  const objects = lines.flatMap((line, at) =>
    line.trim() === '' ? [] : [parseLine(line, `${what} wrote as line ${at + 1} of AIRLOCK_METADATA`)],
  )
  return Object.assign({}, ...objects)
}

function parseLine(line: string, what: string): Record<string, Json> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new Error(
      `${what} ${showValue(line)}, which is not JSON. Each line must be an object, as {"accuracy": 0.97}.`,
    )
  }
  if (isPlainObject(value)) return value as Record<string, Json>
  throw new Error(`${what} ${showValue(value)}. Each line must be an object, as {"accuracy": 0.97}.`)
}
