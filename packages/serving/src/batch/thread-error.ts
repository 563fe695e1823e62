import type { Json } from '@airlock-ml/contract'

/** An error on its way from one thread to another, where its class would be lost. */
export type ThreadError = {
  name: string
  message: string
  stack: string | undefined
  code: string | undefined
  details: Record<string, Json> | undefined
  isDiskFull: boolean
}

export function packError(thrown: unknown): ThreadError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { code, details } = error as { code?: string; details?: Record<string, Json> }
  return { name: error.name, message: error.message, stack: error.stack, code, details, isDiskFull: isDiskFull(error) }
}

/** Whether an error, or what caused it, is that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '') || isDiskFull(error.cause)
}
