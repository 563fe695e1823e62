import { z } from 'zod'
import { ApiKey } from './identity.ts'
import { KebabName, Timestamp } from './names.ts'
import type { Routes } from './route.ts'

/** The shortest and the longest password, in UTF-16 code units as JavaScript counts them. */
export const PASSWORD_LENGTH = { min: 12, max: 1_000 } as const

/** A password to be: any characters, 12 to 1,000 of them. */
export const NewPassword = z
  .string()
  .min(PASSWORD_LENGTH.min)
  .max(PASSWORD_LENGTH.max)
  .meta({ id: 'NewPassword', description: 'Any characters, 12 to 1,000 of them.' })

const GivenPassword = z.string().max(PASSWORD_LENGTH.max)

/** Whose password was set, by whom. */
export const PasswordSet = z
  .object({ user: KebabName, setBy: KebabName, setAt: Timestamp })
  .meta({ id: 'PasswordSet', description: 'Whose password was set, by whom.' })
export type PasswordSet = z.infer<typeof PasswordSet>

/** Room for a name and two passwords, each of their characters escaped. */
const maxBodyBytes = 16_384

export const passwordRoutes = {
  signIn: {
    method: 'POST',
    path: '/sign-in',
    summary: 'Sign a user in by password: answers with an API key that lasts 12 hours and is not rotated.',
    action: 'public',
    body: z.object({ name: KebabName, password: GivenPassword }),
    response: z.object({ apiKey: ApiKey, secret: z.string() }),
    status: 201,
    maxBodyBytes,
    errors: ['sign_in_refused', 'sign_in_busy'],
  },
  setOwnPassword: {
    method: 'POST',
    path: '/password',
    summary: 'Set one’s own password. Keys that the one before signed in for end at once.',
    action: 'authenticated',
    body: z.object({
      password: NewPassword,
      current: GivenPassword.nullable().default(null).describe('The password before, where there is one.'),
    }),
    response: PasswordSet,
    maxBodyBytes,
    errors: ['sign_in_refused', 'sign_in_busy'],
  },
  setUserPassword: {
    method: 'POST',
    path: '/users/{name}/password',
    summary:
      'Set the password of another user, who has none or has forgotten it. Keys that it signs in for count as made by who set it.',
    action: 'identity:write',
    params: z.object({ name: KebabName }),
    body: z.object({ password: NewPassword }),
    response: PasswordSet,
    maxBodyBytes,
    errors: ['identity_not_found', 'identity_disabled', 'sign_in_busy'],
  },
} as const satisfies Routes
