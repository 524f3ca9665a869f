import { expect, it } from 'vitest'
import { pressed } from './recordKeys'

const press = (key: string, more: object = {}) =>
  pressed({
    key,
    code: '',
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...more,
  })

it('names keys as shortcuts are written', () => {
  expect(press('B')).toBe('b')
  expect(press('z', { ctrlKey: true, shiftKey: true })).toBe('$mod+Shift+z')
  expect(press('+', { metaKey: true })).toBe('$mod+Equal')
  expect(press('ç', { altKey: true, code: 'KeyC' })).toBe('Alt+c')
  expect(press('F2')).toBe('F2')
})

it('waits for more than a modifier', () => expect(press('Shift', { shiftKey: true })).toBeNull())
