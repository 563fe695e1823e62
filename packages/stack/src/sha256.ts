import { hash } from 'node:crypto'

/** SHA-256 of bytes, or of a text's UTF-8, as 64 lower-case hexadecimal characters. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data, 'hex')
