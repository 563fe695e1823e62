import { isAbsolute } from 'node:path'
import { cwd } from 'node:process'
import { TableError } from './table-error.ts'

/** `file_unreadable`, in words for the commonest causes. */
export function unreadableFile(path: string, cause: NodeJS.ErrnoException): TableError {
  return new TableError('file_unreadable', whyUnreadable(path, cause), { cause })
}

function whyUnreadable(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (path === '') return 'The path of the file is empty. Name a file.'
  if (code === 'EISDIR') return `${path} is a folder. Name one of its files.`
  if (code !== 'ENOENT') return `The file ${path} cannot be read: ${message}. Check the path and its rights.`
  return `There is no file ${path}. Check the path${isAbsolute(path) ? '' : `, which begins in ${cwd()}`}.`
}
