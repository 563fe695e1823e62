/** The time that steps see in tests, unless a test says otherwise. */
export const testTime = new Date('2026-01-01T00:00:00.000Z')
