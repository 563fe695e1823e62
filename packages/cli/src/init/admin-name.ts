import { userInfo } from 'node:os'

/** The name of the operating system's user as an identity can be called. */
export function defaultAdminName(systemName: string = userInfo().username): string {
  const slug = systemName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
  return slug === '' ? 'admin' : slug
}
