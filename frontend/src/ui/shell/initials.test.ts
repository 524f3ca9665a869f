import { expect, it } from 'vitest'
import { initials } from './initials'

it.each([
  ['ada', 'AD'],
  ['Ada Lovelace', 'AL'],
  ['ada.lovelace@example.org', 'AL'],
  ['ö', 'Ö'],
])('%s is shortened to %s', (name, letters) => expect(initials(name)).toBe(letters))
